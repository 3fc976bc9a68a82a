"""The pages that show every component and generic page with samples: for whoever builds pages. Only under DEBUG.

`/_components/` shows the sheet in light and dark, wide and narrow; the generic pages are linked from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin

from core.component_page import boards, lists, records
from core.component_page.frame import chrome
from core.component_page.places import districts as sample_districts
from core.component_page.places import points as sample_points
from core.rights import public

THEMES = ("light", "dark")
WIDTHS = ("1280", "375")
BASE = "/_components/"

#: Part of the address → template and the samples that fill it.
PARTS: dict[str, tuple[str, Callable[[HttpRequest], dict[str, Any]]]] = {
    "sheet": ("component_page/sheet.html", boards.sheet),
    "board": ("component_page/board.html", boards.board),
    "job": ("components/job.html", boards.job),
    "list": ("generic/list.html", lists.list_page),
    "list-empty": ("generic/list.html", lists.empty_list_page),
    "list-no-match": ("generic/list.html", lists.unmatched_list_page),
    "detail": ("generic/detail.html", records.detail_page),
    "history": ("generic/history.html", records.history_page),
    "form": ("generic/form.html", records.form_page),
    "confirm": ("generic/confirm.html", records.confirm_page),
    "sign-in": ("security/sign_in.html", records.sign_in_page),
    "networks": ("security/networks.html", records.networks_page),
    **{f"error-{code}": (f"errors/{code}.html", records.error_page) for code in (400, 403, 404, 429, 500, 503)},
}


@public
@csp_update({"frame-src": [SELF]})
def frames(request: HttpRequest) -> HttpResponse:
    """One part in every theme and width, side by side."""
    part = request.GET.get("part", "sheet")
    if part not in PARTS:
        raise Http404(part)
    shown = [(theme, width, f"{BASE}{part}/?theme={theme}") for width in WIDTHS for theme in THEMES]
    return render(request, "component_page/frames.html", {"frames": shown, "parts": PARTS, "part": part, "base": BASE})


@public
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def part(request: HttpRequest, name: str) -> HttpResponse:
    """One part, in the theme of ?theme=."""
    if name not in PARTS:
        raise Http404(name)
    template, context = PARTS[name]
    theme = request.GET.get("theme", "")
    if name == "sheet":
        messages.success(request, "The site ST-014 was saved.")
        messages.warning(request, "3 rows were set aside; they wait for a decision.")
    chosen = {"theme": theme} if theme in THEMES else {}
    return render(
        request, template, {"chrome": chrome(name, request.GET.get("live", "")), **context(request), **chosen}
    )


@public
def points(request: HttpRequest) -> JsonResponse:
    """Places for the sample map; ?count= makes more of them."""
    return JsonResponse(sample_points(min(int(request.GET.get("count", "60")), 20_000)))


@public
def districts(request: HttpRequest) -> JsonResponse:
    """Shapes for the sample map."""
    return JsonResponse(sample_districts())


urlpatterns = [
    path("", frames, name="component-frames"),
    path("points.json", points),
    path("districts.json", districts),
    path("<slug:name>/", part, name="component-part"),
]
