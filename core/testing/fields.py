"""A field that takes a right of its own shows nowhere without it: no page, search, order, export, paper, history."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from core.field_rules import right_for
from core.tenancy.scope import network_scope
from core.testing.base import CRUDBase, body, change_behind

OTHER = "nothing like it"


class FieldRuleTests(CRUDBase):
    """A subclass gives `views`, `make`, the `field`, its `canary` value as stored and as read, and a `reader`.

    `reader(cast)` gives an account that sees the rows of the network but not the field.
    """

    field: ClassVar[str]
    canary: ClassVar[Any]
    canary_texts: ClassVar[Sequence[str]]

    def reader(self, cast: Any) -> Any:
        """An account that may see the rows, but not the field."""
        raise NotImplementedError

    def more_urls(self, cast: Any, row: Any) -> list[str]:
        """Further addresses that show the row, such as its paper."""
        return []

    # --- What is walked ----------------------------------------------------------------------------------------------

    def guarded(self, cast: Any) -> Any:
        """A row that carries the canary now, and that was changed twice, so that its history names it too."""
        with network_scope(cast.network):
            row = self.make(cast, 1, cast.site)
            for value in (self.canary, type(row)._meta.get_field(self.field).get_default(), self.canary):
                if self.views.has_page("history"):
                    change_behind(row, {self.field: value})
            setattr(row, self.field, self.canary)
            row.save()
            return self.loaded(row)

    def walked(self, cast: Any, row: Any) -> list[str]:
        """Every address that shows rows."""
        listed = self.list_url(cast)
        names = ",".join(column.name for column in self.views.resolved_columns())
        return [
            f"{listed}?columns={names}",
            f"{listed}?columns={self.field}&sort={self.field}",
            f"{self.list_url(cast, 'export')}?format=csv&set=all",
            f"{self.list_url(cast, 'export')}?format=xlsx&set=all",
            *(self.url(cast, row, verb) for verb in self.row_verbs()),
            *self.more_urls(cast, row),
        ]

    def shown(self, client: Any, url: str) -> str:
        """What an answer says, whatever its form; nothing where it is refused."""
        response = client.get(url)
        if response.status_code in (400, 403, 404):
            return ""
        kind = response.get("Content-Type", "")
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if kind == "application/pdf":
            done = subprocess.run(  # noqa: S603 (a paper of our own)
                [str(shutil.which("pdftotext")), "-", "-"], input=content, capture_output=True, check=True
            )
            return done.stdout.decode()
        if "spreadsheet" in kind:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
        return content.decode("utf-8", "replace")

    def told(self, text: str) -> list[str]:
        """Which of the canary's texts stand in `text`."""
        return [canary for canary in self.canary_texts if canary in text]

    # --- Tests -------------------------------------------------------------------------------------------------------

    def test_the_field_takes_a_right(self) -> None:
        assert right_for(self.views.model, self.field)

    def test_the_field_shows_nowhere_without_its_right(self, cast: Any, signed_in: Any) -> None:
        row = self.guarded(cast)
        client = signed_in(self.reader(cast))
        assert client.get(self.url(cast, row)).status_code == 200
        found = {url: told for url in self.walked(cast, row) if (told := self.told(self.shown(client, url)))}
        assert found == {}

    def test_the_field_shows_with_its_right(self, cast: Any, signed_in: Any) -> None:
        """The control: were the canary nowhere to be seen, the test above would prove nothing."""
        row = self.guarded(cast)
        client = signed_in(cast.director)
        blind = [url for url in self.walked(cast, row) if not self.told(self.shown(client, url))]
        assert [url for url in blind if not url.endswith(f"/{self.views.delete_word}/")] == []

    def test_the_field_cannot_be_guessed(self, cast: Any, signed_in: Any) -> None:
        self.guarded(cast)
        client = signed_in(self.reader(cast))
        value, filterset = str(self.canary), self.views.filterset()
        names = ["q", self.field, *(filterset.base_filters if filterset else ())]
        for name in dict.fromkeys(names):
            right, wrong = (client.get(self.list_url(cast), {name: text}) for text in (value, OTHER))
            rows = [[row.url for row in answer.context["rows"]] for answer in (right, wrong)]
            assert rows[0] == rows[1], name

    def test_the_order_does_not_tell_the_field(self, cast: Any, signed_in: Any) -> None:
        row = self.guarded(cast)
        client = signed_in(self.reader(cast))
        plain, sorted_by = (client.get(self.list_url(cast), params) for params in ({}, {"sort": self.field}))
        assert [one.url for one in plain.context["rows"]] == [one.url for one in sorted_by.context["rows"]]
        assert self.url(cast, row) in body(plain)

    def test_the_form_keeps_what_the_reader_does_not_see(self, cast: Any, signed_in: Any) -> None:
        if not self.views.has_page("update"):
            pytest.skip("Nobody types rows of this model.")
        row = self.guarded(cast)
        answer = signed_in(self.reader(cast)).get(self.url(cast, row, "update"))
        if answer.status_code == 403:
            pytest.skip("The reader changes no rows.")
        assert self.field not in answer.context["form"].fields
