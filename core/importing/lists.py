"""The list of imports."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.crud.declare import Column, Filter
from core.crud.views import CRUDView
from core.errors import Text
from core.importing.importer import importer_named
from core.importing.models import ImportRun
from core.importing.queries import importers_for
from core.parts import Action, State
from core.urls import network_url

STATE_TONES = {
    "uploaded": "waiting",
    "mapped": "waiting",
    "checking": "running",
    "checked": "waiting",
    "applying": "running",
    "applied": "done",
    "undoing": "running",
    "undone": "cancelled",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""State of an import → the job state whose colour it has."""


def importer_title(run: ImportRun) -> Text:
    """What was imported, in words; the bare name of an importer that is no longer there."""
    try:
        return importer_named(run.importer).title
    except LookupError:
        return run.importer


def state_of(run: ImportRun) -> State:
    """The import's state as a pill."""
    return State("job", STATE_TONES[run.state], run.get_state_display())


def _count(name: str) -> Any:
    return lambda run: run.counts.get(name)


_ADDRESSES = {"detail": "run", "columns": "list-columns"}


class ImportViews(CRUDView):
    """All imports of the network; the page of one import is a wizard of its own."""

    model = ImportRun
    namespace = "imports"
    permissions = {"view": "core.view_importrun"}
    columns = [
        "number",
        Column("importer", label=_("What"), value=importer_title, sort="importer"),
        "source_name",
        "filename",
        Column("state", value=state_of, sort="state"),
        Column("new", label=_("New"), kind="number", value=_count("new"), sort=None),
        Column("changed", label=_("Changed"), kind="number", value=_count("changed"), sort=None),
        Column("aside", label=_("Set aside"), kind="number", value=_count("aside"), sort=None),
        Column("wrong", label=_("Wrong"), kind="number", value=_count("wrong"), sort=None),
        "actor",
        "created_at",
        "applied_at",
    ]
    default_columns = ["number", "importer", "filename", "state", "new", "changed", "aside", "wrong", "created_at"]
    search_fields = ["number", "filename", "source_name"]
    filters = ["state", Filter("importer"), Filter("source_name"), "created_at"]
    ordering = ["-number"]
    lead = _("Every file that was brought into the network. What a file did can be undone for 24 hours.")
    icon = "upload"
    live_topic = "imports"
    lookup = ("number",)

    @classmethod
    def list_context(cls, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        """A button for a new import, for those who may import something."""
        if importers_for(request.user):
            new = Action(_("New import"), network_url("imports:choose"), icon="upload", tone="primary")
            context["actions"] = [new, *context["actions"]]
        return context

    @classmethod
    def verbs(cls) -> list[str]:
        return ["list", "export", "columns"]

    @classmethod
    def url_name(cls, verb: str) -> str:
        return f"imports:{_ADDRESSES.get(verb, verb)}"
