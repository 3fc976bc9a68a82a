"""Typed values of the texts in cells. A parser is called with a text and a column's name and raises `CellError`."""

from core.importing.values.numbers import DecimalParser, IntegerParser
from core.importing.values.places import CoordinateParser, Place, PlaceParser
from core.importing.values.times import (
    DATE_FORMATS,
    TIME_FORMATS,
    DateParser,
    DateTimeParser,
    LocalMoment,
    TimeParser,
    local_moment,
)
from core.importing.values.words import BooleanParser, ChoiceParser, Parser, TextParser, fold

__all__ = [
    "DATE_FORMATS",
    "TIME_FORMATS",
    "BooleanParser",
    "ChoiceParser",
    "CoordinateParser",
    "DateParser",
    "DateTimeParser",
    "DecimalParser",
    "IntegerParser",
    "LocalMoment",
    "Parser",
    "Place",
    "PlaceParser",
    "TextParser",
    "TimeParser",
    "fold",
    "local_moment",
]
