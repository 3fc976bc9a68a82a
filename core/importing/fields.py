"""What an importer reads from a row: its fields, each with how a cell's text becomes a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from core.errors import Text
from core.importing.values import (
    BooleanParser,
    ChoiceParser,
    CoordinateParser,
    DateParser,
    DateTimeParser,
    DecimalParser,
    IntegerParser,
    Parser,
    TextParser,
    TimeParser,
)


@dataclass(frozen=True)
class Reading:
    """How the values of one file are written: by the file itself, by the person's options, by the network."""

    decimal_mark: str
    zone: ZoneInfo
    options: Mapping[str, Any]


MakeParser = Callable[[Reading], Parser]


def fixed(parser: Parser) -> MakeParser:
    """A parser that is the same for every file."""
    return lambda reading: parser


def text(max_length: int | None = None, **form: Any) -> MakeParser:
    """A text; see `TextParser`."""
    return fixed(TextParser(max_length, **form))


def integer(**bounds: Any) -> MakeParser:
    """A whole number with the file's decimal mark; see `IntegerParser`."""
    return lambda reading: IntegerParser(mark=reading.decimal_mark, **bounds)


def decimal(**bounds: Any) -> MakeParser:
    """An exact number with the file's decimal mark; see `DecimalParser`."""
    return lambda reading: DecimalParser(mark=reading.decimal_mark, **bounds)


def boolean() -> MakeParser:
    """Yes or no."""
    return fixed(BooleanParser())


def choice(choices: Mapping[Any, Iterable[str]]) -> MakeParser:
    """One of known values, each with other words for it."""
    return fixed(ChoiceParser(choices))


def day(*formats: str, option: str = "") -> MakeParser:
    """A day in one of `formats`, or in the one that the option of that name holds; always also YYYY-MM-DD."""

    def make(reading: Reading) -> Parser:
        return DateParser(_formats(formats, reading, option))

    return make


def clock_time(*formats: str) -> MakeParser:
    """A time of day; HH:MM and HH:MM:SS unless said otherwise."""
    return fixed(TimeParser(formats) if formats else TimeParser())


def moment(*formats: str, option: str = "", zone_option: str = "time_zone") -> MakeParser:
    """A day and time on the wall clock of the zone that the option `zone_option` names, else of the network."""

    def make(reading: Reading) -> Parser:
        name = reading.options.get(zone_option)
        return DateTimeParser(ZoneInfo(str(name)) if name else reading.zone, _formats(formats, reading, option))

    return make


def coordinate(axis: Literal["latitude", "longitude"]) -> MakeParser:
    """Degrees of latitude or longitude."""
    return lambda reading: CoordinateParser(axis, reading.decimal_mark)


def _formats(formats: tuple[str, ...], reading: Reading, option: str) -> tuple[str, ...]:
    chosen = str(reading.options.get(option) or "") if option else ""
    # Spreadsheets hold days as days and give them in ISO 8601, whatever was seen on the screen.
    return tuple(dict.fromkeys(("YYYY-MM-DD", *((chosen,) if chosen else formats))))


@dataclass(frozen=True)
class Field:
    """One thing that a row tells.

    `required`: a column must be chosen for it and every cell be filled. `mapped`: a column must be chosen, cells may be
    empty. `aliases` are names under which files have it; the name and the label are always among them.
    """

    name: str
    label: Text
    required: bool = False
    mapped: bool = False
    aliases: tuple[str, ...] = ()
    help: Text = ""
    parse: MakeParser = text()

    @property
    def needs_column(self) -> bool:
        """Whether a file without a column for it cannot be imported."""
        return self.required or self.mapped


@dataclass(frozen=True)
class Preset:
    """How a known publisher's files are read: chosen by name or recognised by their columns.

    `mapping` is column → field; columns that stand in `ignored` are left out on purpose. `options` are values for the
    importer's options form, `reading` those of `core.importing.reading.Options`.
    """

    name: str
    mapping: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    options: Mapping[str, Any] | None = None
    reading: Mapping[str, Any] | None = None

    def matches(self, columns: Iterable[str]) -> bool:
        """Whether a file has all columns that the preset reads."""
        return bool(self.mapping) and set(self.mapping) <= set(columns)

    def columns(self) -> dict[str, str]:
        """The whole mapping; ignored columns lead to ""."""
        return {**self.mapping, **dict.fromkeys(self.ignored, "")}
