"""Business verbs on one record: ask by a form, do one action, go back; a refusal stands in the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import Refusal
from core.records import note_refusal

ask = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it was nothing; None where nobody sent anything."""
    return request.POST if request.method == "POST" else None


def answer_question(
    request: HttpRequest,
    form: forms.Form,
    deed: Callable[..., Any],
    *,
    done: str,
    back: str,
    template: str = "generic/confirm.html",
    **context: Any,
) -> HttpResponse:
    """Ask by `form`, do `deed(**answers, actor=…, now=…)`, say `done` and go `back`; a refusal stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            deed(**form.cleaned_data, actor=request.user, now=now())
        except Refusal as refusal:
            note_refusal(refusal, target=context.get("object"))
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(back)
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "cancel_url": back, "tone": "primary", **context}
    return TemplateResponse(request, template, context, status=status)
