"""Pages of sites and their equipment."""
