"""Reading people's files and bringing their rows into a network.

`reading` opens a file as a table of texts, `values` makes typed values of the texts; neither knows the database.
"""
