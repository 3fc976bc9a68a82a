"""What a person says about a listing of a register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from stations.actions import Decision
from stations.actions.listings import suggested_code, version_of
from stations.formatting import metres_text
from stations.models import Site, SiteListing
from stations.queries import SiteCandidate

OTHER = "other"
_SITE = "site:"


class DecisionForm(forms.Form):
    """Which site a listing is about: one of the candidates, another one, a new one, or none of ours."""

    choice = forms.ChoiceField(label=_("Which site is it?"), widget=forms.RadioSelect)
    other_code = forms.CharField(
        label=_("Code of the other site"),
        required=False,
        max_length=40,
        help_text=_("Only for “another site of ours”."),
    )
    code = forms.CharField(
        label=_("Code of the new site"),
        required=False,
        max_length=40,
        help_text=_("Only for a site that we do not have."),
    )
    name = forms.CharField(label=_("Name of the new site"), required=False, max_length=200)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("How you know: same address, seen on site, told by the operator …"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, listing: SiteListing, candidates: list[SiteCandidate], sites: Any, **kwargs: Any):
        self.candidates = {candidate.site.code: candidate.site for candidate in candidates}
        self.sites = sites
        kwargs["initial"] = {"seen": version_of(listing), "name": listing.name, "code": _free_code(listing)}
        super().__init__(*args, **kwargs)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = [
            *((f"{_SITE}{candidate.site.code}", _candidate_text(candidate)) for candidate in candidates),
            (OTHER, _("Another site of ours")),
            (Decision.NEW.value, Decision.NEW.label),
            (Decision.NONE.value, Decision.NONE.label),
        ]

    def clean(self) -> dict[str, Any]:
        """Turn the choice into a decision, a site, a code."""
        data = super().clean() or {}
        choice = data.get("choice", "")
        if choice.startswith(_SITE):
            data["site"] = self.candidates[choice.removeprefix(_SITE)]
        elif choice == OTHER:
            data["site"] = self._other_site(data.get("other_code", ""))
        elif choice == Decision.NEW:
            self._clean_code(data)
        return data

    def _other_site(self, code: str) -> Site | None:
        site: Site | None = self.sites.filter(code=code).first() if code.strip() else None
        if site is None:
            self.add_error("other_code", _("There is no site with this code."))
        return site

    def _clean_code(self, data: dict[str, Any]) -> None:
        try:
            data["code"] = CodeField().clean(data.get("code", ""), None)
        except forms.ValidationError as error:
            self.add_error("code", error)

    @property
    def decision(self) -> dict[str, Any]:
        """The arguments of `decide_listing` that the form gives."""
        data = self.cleaned_data
        site, choice = data.get("site"), data["choice"]
        words = {"reason": data["reason"], "seen": data["seen"]}
        if site is not None:
            return {"decision": Decision.SAME, "site": site, **words}
        if choice == Decision.NEW:
            return {"decision": Decision.NEW, "code": data["code"], "name": data["name"], **words}
        return {"decision": Decision.NONE, **words}


def _candidate_text(candidate: SiteCandidate) -> str:
    text = f"{candidate.site.code} {candidate.site.name} · {metres_text(candidate.metres)}"
    if candidate.listed_as:
        named = ", ".join(candidate.listed_as[:3])
        text += " · " + str(_("this source lists it already as %(ids)s") % {"ids": named})
    return text


def _free_code(listing: SiteListing) -> str:
    """A code to begin with, which no site has yet."""
    taken = set(Site.objects.order_by().values_list("code", flat=True))
    return suggested_code(listing, taken)
