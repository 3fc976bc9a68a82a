"""Reading the cells of one row: collects everything that is wrong instead of stopping at the first cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, overload

from django.utils.translation import gettext_lazy as _

from core.energy import EnergyError, wh_from_kwh
from core.errors import Refusal, Text, with_values
from stations.geo import CoordinateSystem, Place, PlaceError, place, to_wgs84

DayForm = Literal["dd.mm.yyyy", "dd/mm/yyyy"]

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,30})?")
_DAYS = {
    "dd.mm.yyyy": re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})"),
    "dd/mm/yyyy": re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})"),
}
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a cell that a person should know: the column, its text, a code for programs, and the words."""

    column: str
    value: str
    code: str
    message: Text

    def __str__(self) -> str:
        return f"{self.column}: {self.message}"


class WrongRow(Refusal):
    """A row cannot be used; `problems` names every cell that is wrong."""

    code = "wrong_row"

    def __init__(self, problems: tuple[Remark, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


class Cells:
    """One row's cells by column name, read as values.

    A cell that holds no acceptable value is noted as a problem; `check` raises them all. Until then such a cell reads
    as None, a required one as some value of its type, so `check` comes before any use. A missing column reads as an
    empty cell. No-break and repeated spaces count as one space.
    """

    def __init__(self, row: Mapping[str, str], *, decimal_mark: str = ".") -> None:
        self._row = row
        self._decimal_mark = decimal_mark
        self.problems: list[Remark] = []
        self.remarks: list[Remark] = []

    def raw(self, column: str) -> str:
        """The text as it stands in the file."""
        return self._row.get(column) or ""

    def problem(self, column: str, code: str, message: Text, **params: object) -> None:
        """Notes that the row cannot be used because of this cell."""
        self.problems.append(self._note(column, code, message, params))

    def remark(self, column: str, code: str, message: Text, **params: object) -> None:
        """Notes something worth a look that does not keep the row from being used."""
        self.remarks.append(self._note(column, code, message, params))

    def check(self) -> None:
        """Raises WrongRow with all problems noted so far; does nothing where there are none."""
        if self.problems:
            raise WrongRow(tuple(self.problems))

    def text(self, column: str, *, required: bool = False) -> str:
        """The text without surplus spaces and line breaks."""
        text = " ".join(self.raw(column).split())
        if required and not text:
            self.problem(column, "empty", _("This cell must not be empty."))
        return text

    @overload
    def number(self, column: str, *, required: Literal[True]) -> Decimal: ...

    @overload
    def number(self, column: str) -> Decimal | None: ...

    def number(self, column: str, *, required: bool = False) -> Decimal | None:
        """A decimal number with the file's decimal mark and no thousands marks."""
        text = self.text(column, required=required)
        if not text:
            return _NOTHING if required else None
        plain = text.replace(self._decimal_mark, ".")
        wrong_mark = self._decimal_mark != "." and "." in text
        if wrong_mark or _PLAIN_NUMBER.fullmatch(plain) is None:
            self.problem(column, "not_a_number", _("“%(value)s” is not a number."), value=text)
            return _NOTHING if required else None
        return Decimal(plain)

    @overload
    def whole(self, column: str, *, required: Literal[True], least: int = 0) -> int: ...

    @overload
    def whole(self, column: str, *, least: int = 0) -> int | None: ...

    def whole(self, column: str, *, required: bool = False, least: int = 0) -> int | None:
        """A whole number of at least `least`; "5" and "5,0" are the same."""
        number = self.number(column, required=True) if required else self.number(column)
        if number is None or number is _NOTHING:
            return least if required else None
        if number == number.to_integral_value() and number >= least:
            return int(number)
        text = _("“%(value)s” is not a whole number of at least %(least)d.")
        self.problem(column, "not_a_count", text, value=self.text(column), least=least)
        return least if required else None

    def energy_wh(self, column: str) -> int | None:
        """An energy given in kWh, in Wh; a finer figure than whole Wh is a problem. Negative ones pass."""
        kwh = self.number(column)
        if kwh is None:
            return None
        try:
            return wh_from_kwh(kwh)
        except EnergyError as error:
            self.problem(column, error.code, error.message)
            return None

    def day(self, column: str, form: DayForm) -> date:
        """A day; required."""
        text = self.text(column, required=True)
        day = _day(text, form)
        if day is None and text:
            self.problem(column, "not_a_day", _("“%(value)s” is not a day of the calendar."), value=text)
        return day or date.min

    @overload
    def wall_clock(self, day_column: str, time_column: str, form: DayForm, *, required: Literal[True]) -> datetime: ...

    @overload
    def wall_clock(self, day_column: str, time_column: str, form: DayForm) -> datetime | None: ...

    def wall_clock(
        self, day_column: str, time_column: str, form: DayForm, *, required: bool = False
    ) -> datetime | None:
        """A reading of the wall clock from two cells, a day and a time such as 23:55.

        The result is naive on purpose: whether that reading exists, or twice, depends on the zone of the network.
        """
        if not required and not self.text(day_column) and not self.text(time_column):
            return None
        day = self.day(day_column, form)
        text = self.text(time_column, required=True)
        clock = _clock(text)
        if clock is None and text:
            self.problem(time_column, "not_a_time", _("“%(value)s” is not a time of day."), value=text)
        return datetime.combine(day, clock or time.min)

    def place(
        self, latitude_column: str, longitude_column: str, system: CoordinateSystem = CoordinateSystem.WGS84
    ) -> Place:
        """The WGS 84 place of two coordinates given in `system`; both are required."""
        latitude = self.number(latitude_column, required=True)
        longitude = self.number(longitude_column, required=True)
        try:
            return to_wgs84(place(latitude, longitude), system)
        except PlaceError as error:
            column = longitude_column if error.field == "longitude" else latitude_column
            self.problem(column, error.code, error.message)
            return Place(0.0, 0.0)

    def _note(self, column: str, code: str, message: Text, params: Mapping[str, object]) -> Remark:
        return Remark(column, self.raw(column), code, with_values(message, params) if params else message)


def _day(text: str, form: DayForm) -> date | None:
    # Ten times as fast as strptime; a year of sessions has a quarter of a million days and times.
    match = _DAYS[form].fullmatch(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    try:
        return time(int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None
