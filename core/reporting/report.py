"""The base class of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.reporting.asking import Asker
from core.reporting.parameters import Parameter
from core.reporting.results import Result

if TYPE_CHECKING:
    from core.reporting.making import Run


class Report:
    """A report: its name in addresses, its title, who may see it, what it asks for, and its one computation.

    Raise `version` when the same parameters give other figures than before: the checksum of a document names it.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    description: ClassVar[Text] = ""
    permission: ClassVar[str]
    version: ClassVar[int] = 1
    parameters: ClassVar[Sequence[Parameter]] = ()
    landscape: ClassVar[bool] = False
    signatures: ClassVar[Sequence[Text]] = (_("Prepared by"), _("Approved by"))

    def compute(self, run: Run) -> Result:
        """Finds everything out, in the network in scope, for what `run.values` asks and `run.asker` may see."""
        raise NotImplementedError

    def check(self, values: Mapping[str, Any]) -> None:
        """Raises ValidationError for values that do not go together."""

    def form(self, asker: Asker, given: Mapping[str, str]) -> ParameterForm:
        """The form of the parameters, filled with what was given and the defaults for the rest."""
        return ParameterForm(self, asker, given)

    def query(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The parameters as texts by key."""
        texts: dict[str, str] = {}
        for parameter in self.parameters:
            texts |= parameter.query(values[parameter.name])
        return texts

    def query_string(self, values: Mapping[str, Any]) -> str:
        """The parameters as they stand in an address."""
        return urlencode(self.query(values))


class ParameterForm(forms.Form):
    """The parameters of a report as a form; when valid, `values` holds one typed value for each parameter."""

    def __init__(self, report: Report, asker: Asker, given: Mapping[str, str]) -> None:
        data: dict[str, str] = {}
        for parameter in report.parameters:
            # Parts of one parameter go together: a default is taken for all of them or for none.
            said = any(given.get(key) for key in parameter.keys)
            known = (
                given if said else parameter.default(asker) | {key: given[key] for key in parameter.keys & given.keys()}
            )
            data |= {key: known[key] for key in parameter.keys if key in known}
        super().__init__(data)
        self._report = report
        self.values: dict[str, Any] = {}
        for parameter in report.parameters:
            self.fields.update(parameter.fields(asker))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        for parameter in self._report.parameters:
            try:
                self.values[parameter.name] = parameter.value(cleaned)
            except ValidationError as error:
                self.add_error(None, error)
        if not self.errors:
            self._report.check(self.values)
        return cleaned
