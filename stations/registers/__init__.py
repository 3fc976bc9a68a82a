"""Public registers of stations and sessions, row by row: texts of a file in, plain values out.

Nothing here knows the database. A parser takes one row (`column name -> text`) and gives a dataclass with `remarks`,
or raises `WrongRow` with everything that is wrong in it. Importers decide what becomes of both.
"""
