"""What a report is asked for: typed values that come from a form, an address or a command line, all by one code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import Month
from core.errors import Text
from core.periods import Period

if TYPE_CHECKING:
    from core.reporting.asking import Asker


class Parameter:
    """One thing to choose. A subclass has one or more form fields, and turns what was typed into one value."""

    def __init__(self, name: str, label: Text, *, help: Text = "", required: bool = True) -> None:  # noqa: A002
        self.name = name
        self.label = label
        self.help = help
        self.required = required

    @property
    def keys(self) -> Sequence[str]:
        """The names of its form fields, which are those in addresses and on the command line too."""
        return (self.name,)

    def fields(self, asker: Asker) -> dict[str, forms.Field]:
        """The form fields by key."""
        raise NotImplementedError

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        """The value from the fields' clean ones. Raises ValidationError where they do not go together."""
        return cleaned.get(self.name)

    def default(self, asker: Asker) -> dict[str, str]:
        """What is asked for when nothing was said, as texts by key."""
        return {}

    def query(self, value: Any) -> dict[str, str]:
        """The value as texts by key: what stands in addresses and in the document of the report."""
        raise NotImplementedError

    def words(self, value: Any) -> Text:
        """The value as people read it; nothing where it goes without saying."""
        return " – ".join(self.query(value).values())

    def neighbours(self, value: Any, asker: Asker) -> Sequence[tuple[Text, dict[str, str]]]:
        """Values to step to from this one, as (words, texts by key), such as the months before and after."""
        return ()


class MonthField(forms.CharField):
    """A month such as 2018-03."""

    widget = forms.DateInput(format="%Y-%m", attrs={"type": "month", "placeholder": "2018-03"})

    def to_python(self, value: Any) -> Any:
        """A Month, or None. Raises ValidationError."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError as error:
            raise ValidationError(_("“%(value)s” is not a month such as 2018-03."), params={"value": text}) from error


class MonthParameter(Parameter):
    """A month of the network's business days; the last whole one unless another is asked for.

    Where `latest` knows of an earlier last month, for example the last one with data, that is taken instead; it
    returns a Month or None.
    """

    def __init__(
        self, name: str, label: Text, *, help: Text = "", latest: Callable[[Asker], Month | None] | None = None  # noqa: A002
    ) -> None:  # fmt: skip
        super().__init__(name, label, help=help)
        self._latest = latest

    def fields(self, asker: Asker) -> dict[str, forms.Field]:
        return {self.name: MonthField(label=str(self.label), help_text=str(self.help), required=self.required)}

    def default(self, asker: Asker) -> dict[str, str]:
        whole = clock.month_of(asker.now, asker.network).previous()
        known = self._latest(asker) if self._latest else None
        return {self.name: str(whole if known is None else min(known, whole))}

    def query(self, value: Any) -> dict[str, str]:
        return {self.name: str(value)}

    def words(self, value: Any) -> Text:
        return month_words(value)

    def neighbours(self, value: Any, asker: Asker) -> Sequence[tuple[Text, dict[str, str]]]:
        last = clock.month_of(asker.now, asker.network)
        return [(month_words(month), self.query(month)) for month in (value.previous(), value.next()) if month <= last]


def month_words(month: Month) -> str:
    """A month as people write it in the language in force: August 2018, 2018年8月."""
    return date_format(month.first_day, "YEAR_MONTH_FORMAT")


@dataclass(frozen=True)
class DayRange:
    """Business days from `first` to `last`, both included."""

    first: date
    last: date

    def period(self, network: clock.LocalClock) -> Period:
        """From the start of the first day to the end of the last one."""
        return Period(clock.day_period(self.first, network).start, clock.day_period(self.last, network).end)

    @property
    def before(self) -> DayRange:
        """As many days just before."""
        length = self.last - self.first + timedelta(days=1)
        return DayRange(self.first - length, self.last - length)


class DayRangeParameter(Parameter):
    """Days from … to …, both included; the seven days before today unless others are asked for."""

    def __init__(self, name: str, label: Text, *, help: Text = "", most_days: int = 366) -> None:  # noqa: A002
        super().__init__(name, label, help=help)
        self.most_days = most_days

    @property
    def keys(self) -> Sequence[str]:
        return (f"{self.name}_from", f"{self.name}_to")

    def fields(self, asker: Asker) -> dict[str, forms.Field]:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        formats = ["%Y-%m-%d"]
        first, last = self.keys
        return {
            first: forms.DateField(
                label=_("First day"), widget=widget, input_formats=formats, help_text=str(self.help)
            ),
            last: forms.DateField(label=_("Last day"), widget=widget, input_formats=formats),
        }

    def value(self, cleaned: Mapping[str, Any]) -> DayRange:
        first, last = (cleaned[key] for key in self.keys)
        if last < first:
            raise ValidationError({self.keys[1]: _("The last day is before the first one.")})
        if (last - first).days >= self.most_days:
            raise ValidationError(
                {self.keys[1]: ValidationError(_("At most %(most)d days."), params={"most": self.most_days})}
            )
        return DayRange(first, last)

    def default(self, asker: Asker) -> dict[str, str]:
        today = clock.day_of(asker.now, asker.network)
        return self.query(DayRange(today - timedelta(days=7), today - timedelta(days=1)))

    def query(self, value: Any) -> dict[str, str]:
        return dict(zip(self.keys, (value.first.isoformat(), value.last.isoformat()), strict=True))


class ChoiceParameter(Parameter):
    """One of a few words: `choices` are (value, label); the first is taken when nothing is said."""

    def __init__(self, name: str, label: Text, choices: Sequence[tuple[str, Text]], *, help: Text = "") -> None:  # noqa: A002
        super().__init__(name, label, help=help)
        self.choices = choices

    def fields(self, asker: Asker) -> dict[str, forms.Field]:
        return {self.name: forms.ChoiceField(label=str(self.label), choices=self.choices, help_text=str(self.help))}

    def default(self, asker: Asker) -> dict[str, str]:
        return {self.name: self.choices[0][0]}

    def query(self, value: Any) -> dict[str, str]:
        return {self.name: value}

    def words(self, value: Any) -> Text:
        return dict(self.choices)[value]


class RecordParameter(Parameter):
    """A record of the network, or all of them: a site, a district. Only those that the account may see can be chosen.

    `model` is "app.Model", `permission` the one that its `visible_to` is asked with, `key` the field that stands in
    addresses, `everything` the words for none chosen.
    """

    def __init__(
        self, name: str, label: Text, *, model: str, permission: str, everything: Text, key: str = "code",
        help: Text = "",  # noqa: A002
    ) -> None:  # fmt: skip
        super().__init__(name, label, help=help, required=False)
        self.model = model
        self.permission = permission
        self.everything = everything
        self.key = key

    def fields(self, asker: Asker) -> dict[str, forms.Field]:
        rows = asker.visible(apps.get_model(self.model), self.permission)
        field = forms.ModelChoiceField(
            rows, label=str(self.label), help_text=str(self.help), required=False, to_field_name=self.key,
            empty_label=str(self.everything),
        )  # fmt: skip
        return {self.name: field}

    def query(self, value: Any) -> dict[str, str]:
        return {} if value is None else {self.name: str(getattr(value, self.key))}

    def words(self, value: Any) -> Text:
        return "" if value is None else str(value)
