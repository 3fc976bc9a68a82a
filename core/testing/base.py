"""The ground of the shared tests: what a subclass gives, and how rows and forms are had."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any, ClassVar

import pytest
from django.forms import BaseForm
from django.http import HttpResponseBase
from django.test import Client

from core.clock import now
from core.context import acting_as
from core.crud.versions import has_history
from core.crud.views import CRUDView
from core.tenancy.scope import network_scope

CANARY = "Zanzibar Kingfisher"
Form = Mapping[str, Any]


class CRUDBase:
    """What a test class gives: the view, how a row is made, valid form data, an edit, and the literal query count."""

    views: ClassVar[type[CRUDView]]
    change: ClassVar[Form] = {}
    canary_field: ClassVar[str] = "name"
    list_queries: ClassVar[int]

    signed_in: Callable[[Any], Client]

    def make(self, cast: Any, number: int, site: Any) -> Any:
        """Make one more row of the network in scope; it hangs on `site` if rows of the model hang on sites."""
        raise NotImplementedError

    def valid(self, cast: Any) -> Form:
        """Form data of a valid new row; records are named by their codes."""
        raise NotImplementedError

    # --- Rows --------------------------------------------------------------------------------------------------------

    def row(self, cast: Any, number: int = 1) -> Any:
        """A row of the first network, on its first site."""
        with network_scope(cast.network):
            return self.loaded(self.make(cast, number, cast.site))

    def at_sites(self, cast: Any) -> tuple[Any, Any]:
        """A row at the operator's site and one at the other site."""
        if self.views.model.site_path == "self":
            return cast.site, cast.second_site
        with network_scope(cast.network):
            return self.loaded(self.make(cast, 1, cast.site)), self.loaded(self.make(cast, 2, cast.second_site))

    def foreign_row(self, cast: Any, number: int = 77) -> Any:
        """A row of the other network that carries the canary text."""
        with network_scope(cast.other):
            row = self.make(cast, number, cast.other_site)
            setattr(row, self.canary_field, CANARY)
            row.save()
            return self.loaded(row)

    def loaded(self, row: Any) -> Any:
        """The row with what its address looks at."""
        return self.views.with_keys(self.views.model.objects.filter(pk=row.pk)).get()

    # --- Addresses ---------------------------------------------------------------------------------------------------

    def list_url(self, cast: Any, verb: str = "list") -> str:
        """The address of a page that is about no row."""
        with network_scope(cast.network):
            return self.views.url_of(verb)

    def url(self, cast: Any, row: Any, verb: str = "detail") -> str:
        """The address of a page of a row, below the first network even if the row is of the other one."""
        with network_scope(cast.network):
            return self.views.url(row, verb)

    def row_verbs(self) -> list[str]:
        """The pages of one row."""
        words = ("detail", "history", "update", self.views.delete_word)
        return [verb for verb in self.views.verbs() if verb in words]

    def writing_verbs(self) -> list[str]:
        """The pages that change something."""
        return [verb for verb in self.views.verbs() if verb in ("create", "update", self.views.delete_word)]

    def needs(self, *verbs: str) -> None:
        """Leave a test out for a model without such pages."""
        for verb in verbs:
            if not self.views.has_page(verb):
                pytest.skip(f"{self.views.__name__} has no page “{verb}”.")

    def needs_history(self) -> None:
        """Leave a test out for a model that keeps no history."""
        if not has_history(self.views.model):
            pytest.skip(f"{self.views.model.__name__} keeps no history.")


@contextmanager
def in_name_of(cast: Any, account: Any) -> Iterator[None]:
    """Work inside the first network in somebody's name, as a request does."""
    with network_scope(cast.network), acting_as(account):
        yield


def change_behind(row: Any, values: Form) -> None:
    """Change a row as somebody else would, with history."""
    for name, value in values.items():
        setattr(row, name, value)
    row._history_date = now()
    row.save()


def body(response: HttpResponseBase) -> str:
    """The text of an answer, streamed or not, as people read it."""
    streaming: Any = getattr(response, "streaming_content", None)
    content = b"".join(streaming) if streaming is not None else response.content  # type: ignore[attr-defined]
    return unescape(content.decode("utf-8", "replace"))


def text_of(response: HttpResponseBase) -> str:
    """The text of a page without its tags and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(response)))


def form_data(form: BaseForm) -> dict[str, Any]:
    """What a browser would send for a form as it is shown."""
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        if isinstance(value, list | tuple | set):
            data[field.html_name] = [str(item) for item in value]
        elif value is True:
            data[field.html_name] = "on"
        else:
            data[field.html_name] = field.field.widget.format_value(value) or ""
            if isinstance(data[field.html_name], list):  # what a drop-down holds
                data[field.html_name] = str(value)
    return data
