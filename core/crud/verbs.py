"""The verbs of generic writes: "site.created", "site.changed", "site.deleted" for every tenant model."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from core.records import register_verb
from core.tenancy.models import TenantModel

_TEXTS = {
    "created": _("%(thing)s created"),
    "changed": _("%(thing)s changed"),
    "deleted": _("%(thing)s deleted"),
}


def _words(text: str, thing: Any) -> str:
    return capfirst(gettext(text) % {"thing": thing})


_words_lazily = lazy(_words, str)


def register_row_verbs() -> None:
    """Register the verbs of all models; called when the apps are ready."""
    for model in apps.get_models():
        if issubclass(model, TenantModel) and not model.append_only and not model.is_internal:
            for verb, text in _TEXTS.items():
                register_verb(f"{model._meta.model_name}.{verb}", _words_lazily(text, model._meta.verbose_name))
