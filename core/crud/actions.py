"""Writing rows of any model: saved or deleted with history, work record and every refusal in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.crud.constraints import refusal_words
from core.crud.dependents import blockers_of
from core.crud.models import ListChoice
from core.crud.versions import version_of
from core.errors import Refusal
from core.events import publish
from core.records import record

_PLAIN = (str, int, float, bool, Decimal, date, time, timedelta, UUID, list, dict, type(None))


class RowRefused(Refusal):
    """A row cannot be saved or deleted as it is."""

    code = "row"


class RowChanged(RowRefused):
    """Somebody else changed the row after it was opened for editing."""

    code = "changed"
    message = gettext_lazy("This record was changed by somebody else after you opened it.")


class OutOfReach(RowRefused):
    """The row would end up where the account holds no right to put it."""

    code = "reach"
    message = gettext_lazy("You do not have the right to keep this record there.")


Write = Callable[..., Any]


@transaction.atomic
def save_row(*, row: Any, actor: Any, now: datetime, reason: str = "") -> Any:
    """Store a new or changed row and record the deed; the row as it is when nothing differs from what is stored.

    Raises:
        IntegrityError, DataError: the database refuses it (`write_row` turns both into RowRefused).
    """
    before = _locked_values(row)
    after = stored_values(row)
    changed = [name for name, value in after.items() if before is None or before[name] != value]
    if before is not None and not changed:
        return row
    _sign(row, actor, now, reason)
    row.save()
    verb = "created" if before is None else "changed"
    labels = ", ".join(str(row._meta.get_field(name).verbose_name) for name in changed)
    record(
        f"{row._meta.model_name}.{verb}",
        target=row,
        actor=actor,
        summary=reason or (labels if before is not None else ""),
        before={name: before[name] for name in changed} if before is not None else {},
        after={name: value for name, value in after.items() if name in changed},
    )
    return row


@transaction.atomic
def delete_row(*, row: Any, actor: Any, now: datetime, reason: str = "") -> None:
    """Delete a row with all that goes with it, and record the deed.

    Raises:
        RowRefused: it is gone already, or other rows need it.
        ProtectedError, RestrictedError: other rows came meanwhile (`write_row` turns both into RowRefused).
    """
    before = _locked_values(row)
    if before is None:
        raise RowRefused(_("This record is gone already."))
    needed_by = blockers_of(row)
    if needed_by:
        raise RowRefused(_("Other records need this one: %(names)s.") % {"names": ", ".join(needed_by)})
    _sign(row, actor, now, reason)
    record(f"{row._meta.model_name}.deleted", target=row, actor=actor, summary=reason, before=before)
    row.delete()


def write_row(
    *,
    write: Write,
    row: Any,
    actor: Any,
    now: datetime,
    permission: str = "",
    visible: Callable[[str], Any] | None = None,
    version: str | None = None,
    reason: str = "",
    topic: str = "",
) -> Any:
    """Run a write of one row in a transaction of its own, with the checks that every write gets.

    `version` is the one that the account saw (None: not asked); `visible(permission)` gives the rows within reach, of
    which the written one must be. Open pages that listen to `topic` hear of it.

    Raises:
        RowChanged: the row is not any more as it was seen.
        OutOfReach: after the write the row is out of the account's reach; nothing is kept.
        RowRefused: the database refuses the write; the message says what is wrong.
        Refusal: whatever else `write` refuses.
    """
    model = type(row)
    with _refusals_in_words(model), transaction.atomic():
        if version is not None:
            model._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
            if version_of(row) != version:
                raise RowChanged
        _sign(row, actor, now, reason)  # whatever saves the row, its history tells who and why
        written = write(row=row, actor=actor, now=now, reason=reason)
        kept = written if isinstance(written, models.Model) else row
        if visible is not None and not visible(permission).filter(pk=kept.pk).exists():
            raise OutOfReach(field=_place_field(model))
        if topic:
            publish(topic)
        return written


@contextmanager
def _refusals_in_words(model: Any) -> Iterator[None]:
    """What the database refuses inside is a RowRefused. It goes around the transaction, which is undone first."""
    try:
        yield
    except (ProtectedError, RestrictedError) as error:
        raise RowRefused(_("Other records need this one: %(names)s.") % {"names": _names(error)}) from error
    except IntegrityError as error:
        message, field = refusal_words(model, error)
        raise RowRefused(message, field=field) from error
    except DataError as error:
        raise RowRefused(_("One of the values cannot be stored.")) from error


@transaction.atomic
def save_columns(*, account: Any, list_name: str, columns: Sequence[str]) -> None:
    """Remember which columns an account wants to see in a list."""
    ListChoice.objects.update_or_create(account=account, list_name=list_name, defaults={"columns": list(columns)})


@transaction.atomic
def forget_columns(*, account: Any, list_name: str) -> None:
    """Show the columns of a list again that everybody sees at first."""
    ListChoice.objects.filter(account=account, list_name=list_name).delete()


def stored_values(row: Any) -> dict[str, Any]:
    """The values of a row by field, as work records keep them; keys of other rows as they are."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key and field.name != "network"]
    return {field.name: _plain(field.to_python(field.value_from_object(row))) for field in fields}


def _locked_values(row: Any) -> dict[str, Any] | None:
    """The values that the database holds now, locked until the transaction ends; None for a new row."""
    if row.pk is None:
        return None
    held = type(row)._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    return None if held is None else stored_values(held)


def _sign(row: Any, actor: Any, now: datetime, reason: str) -> None:
    row._history_user = actor
    row._history_date = now
    row._change_reason = reason[:250]


def _plain(value: Any) -> Any:
    return value if isinstance(value, _PLAIN) else str(value)


def _place_field(model: Any) -> str | None:
    path = model.site_path
    return None if path in (None, "self") else str(path).split("__")[0]


def _names(error: ProtectedError | RestrictedError) -> str:
    found = error.args[1]
    return capfirst(", ".join(sorted({str(row._meta.verbose_name) for row in found})))
