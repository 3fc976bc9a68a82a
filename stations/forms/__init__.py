"""Forms of sites, their equipment, and decisions about them."""
