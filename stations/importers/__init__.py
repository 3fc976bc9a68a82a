"""What brings files of sites, their equipment and the lists of registers into a network. Importing it registers all."""

from stations.importers import districts, dundee, equipment, germany, listings, sites, swap

__all__ = ["districts", "dundee", "equipment", "germany", "listings", "sites", "swap"]
