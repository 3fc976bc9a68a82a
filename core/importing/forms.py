"""Forms of the import wizard: which file, how it is read, what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.importing.encodings import OFFERED
from core.importing.importer import Importer
from core.importing.mapping import IGNORED
from core.importing.models import ImportRun
from core.importing.reading import ALL_SHEETS, Options, UnreadableFile
from core.importing.text import DELIMITERS

UNDECIDED = "?"
LEAVE_OUT = "-"
AS_DETECTED = ("", _("As detected"))


class ReadingForm(forms.Form):
    """How a file is read, where the program should not find out by itself."""

    encoding = forms.ChoiceField(label=_("Encoding"), required=False, choices=[AS_DETECTED, *OFFERED.items()])
    delimiter = forms.ChoiceField(
        label=_("Delimiter"),
        required=False,
        choices=[AS_DETECTED, *((sign if sign != "\t" else "tab", name) for sign, name in DELIMITERS.items())],
    )
    decimal_mark = forms.ChoiceField(
        label=_("Decimal mark"), required=False, choices=[AS_DETECTED, (",", _("Comma: 1,5")), (".", _("Point: 1.5"))]
    )
    header_row = forms.IntegerField(
        label=_("Header in row"), required=False, min_value=0, help_text=_("0 when the file has no header.")
    )
    sheet = forms.CharField(
        label=_("Sheet"), required=False, max_length=100, help_text=_("* for all sheets that have the same header.")
    )
    number_repeated = forms.BooleanField(label=_("Number columns of the same name"), required=False)

    def options(self) -> Options:
        """What was chosen. Raises UnreadableFile when it makes no sense."""
        values = {name: self.cleaned_data.get(name) for name in ReadingForm.base_fields}
        texts = {name: "" if value in (None, False) and value != 0 else str(value) for name, value in values.items()}
        texts["number_repeated"] = "1" if values["number_repeated"] else ""
        return Options.from_text(texts)

    @classmethod
    def for_run(cls, run: ImportRun, data: Any = None) -> ReadingForm:
        """The form with what was chosen for a file; sheets are offered by name where it has several."""
        chosen = dict(run.reading)
        if chosen.get("delimiter") == "\t":
            chosen["delimiter"] = "tab"
        form = cls(data, initial=chosen, prefix="read")
        sheets = run.detected.get("sheets") or []
        if len(sheets) > 1:
            names = [(name, name) for name in sheets]
            every = (ALL_SHEETS, _("All sheets of the same header"))
            form.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"), required=False, choices=[AS_DETECTED, *names, every]
            )
        else:
            del form.fields["sheet"]
        if run.detected.get("format") != "csv":
            del form.fields["encoding"], form.fields["delimiter"]
        return form


class UploadForm(ReadingForm):
    """A file and where it comes from."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or other delimited text, XLSX or JSON; also gzipped."))
    source_name = forms.CharField(
        label=_("Source"),
        max_length=80,
        required=False,
        help_text=_("Who made the file. What its columns mean is remembered for the next file of the same source."),
    )

    field_order = ["file", "source_name"]

    def __init__(self, *args: Any, sources: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source_name"].widget.attrs.update({"list": "sources", "autocomplete": "off"})
        self.sources = sources

    def clean(self) -> dict[str, Any]:
        """Refuse ways of reading that make no sense."""
        cleaned = super().clean() or self.cleaned_data
        try:
            self.options()
        except UnreadableFile as refusal:
            self.add_error(None, str(refusal))
        return cleaned


class MappingForm(forms.Form):
    """What each column of a file means: one choice for each column, in the order of the file."""

    def __init__(
        self, importer: type[Importer], columns: Sequence[str], known: Mapping[str, str], data: Any = None
    ) -> None:
        super().__init__(data, prefix="map")
        self._columns = list(columns)
        needed = [(field.name, f"{field.label} *") for field in importer.fields if field.needs_column]
        others = [(field.name, str(field.label)) for field in importer.fields if not field.needs_column]
        choices: list[Any] = [(UNDECIDED, _("Choose …")), (LEAVE_OUT, _("Ignore this column"))]
        choices += [(title, group) for title, group in ((_("Needed"), needed), (_("Possible"), others)) if group]
        for number, column in enumerate(self._columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column,
                choices=choices,
                initial=_as_choice(known.get(column)),
                # As wide as its longest choice: in a table a width of 100 % would be none at all.
                widget=forms.Select(attrs={"class": "w-auto"}),
            )

    def mapping(self) -> dict[str, str]:
        """Column → field ("" to ignore) for the columns that were decided on."""
        chosen: dict[str, str] = {}
        for number, column in enumerate(self._columns):
            choice = self.cleaned_data[f"column_{number}"]
            if choice != UNDECIDED:
                chosen[column] = IGNORED if choice == LEAVE_OUT else choice
        return chosen

    def refuse(self, columns: Mapping[str, str], others: Mapping[str, str]) -> None:
        """Show what is wrong with the choices at their columns, the rest above the form."""
        for number, column in enumerate(self._columns):
            if column in columns:
                self.add_error(f"column_{number}", columns[column])
        for message in others.values():
            self.add_error(None, message)


def _as_choice(field: str | None) -> str:
    if field is None:
        return UNDECIDED
    return field or LEAVE_OUT


class ApplyForm(forms.Form):
    """The last word before a file is imported."""

    skip_wrong = forms.BooleanField(
        label=_("Import the good rows and leave the wrong ones out"),
        required=False,
        help_text=_("The rows left out stay listed here with their reasons and can be downloaded."),
    )
