"""The demonstration network: an invented city, the same every time for the same last day."""
