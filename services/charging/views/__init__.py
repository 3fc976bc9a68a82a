"""Pages of charging sessions."""
