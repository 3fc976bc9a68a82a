"""What each kind of rule looks for in new records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.errors import Text
from core.records import DONE, REFUSED
from security.models import WatchKind, WatchRule, WorkRecord
from security.recording.devices import block_of

FIELDS = ("id", "recorded_at", "account_id", "account__name", "verb", "target_type", "target_id", "target_text",
          "before", "after", "address")  # fmt: skip
MOST_NAMED = 50
SIGN_IN = "account.signed-in"
EXPORTS = ("list.exported", "report.downloaded", "record-set.printed", "site.printed", "site-list.printed")
RIGHTS = ("role.given", "role.withdrawn")
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Sighting:
    """What a rule noticed: its cause (what is counted by), how many, in words, and the records that it is about."""

    cause: str
    count: int
    text: Text
    records: Sequence[int]
    first_at: datetime
    last_at: datetime
    about_id: int | None


@dataclass(frozen=True)
class Watch:
    """How records are counted for a kind of rule.

    `relevant` chooses records; `cause` names what they are counted by (None: not counted) and the lookups that find
    the others of the same cause; `alike` holds two of them against each other; `weight` is what one counts.
    """

    relevant: Q
    cause: Callable[[Values], tuple[str, dict[str, Any]] | None]
    words: Callable[[Values, int], Text]
    weight: Callable[[Values], int] = lambda values: 1
    alike: Callable[[Values, Values], bool] = lambda one, other: True


def _by_person(values: Values) -> tuple[str, dict[str, Any]] | None:
    if values["account_id"] is None:
        return None
    return f"account:{values['account_id']}", {"account_id": values["account_id"]}


def _by_own_account(values: Values) -> tuple[str, dict[str, Any]] | None:
    own = values["target_type"] == "security.account" and values["target_id"] == values["account_id"]
    if not own or values["account_id"] is None:
        return None
    return f"account:{values['account_id']}", {"account_id": values["account_id"], "target_id": values["target_id"]}


def _by_object(values: Values) -> tuple[str, dict[str, Any]] | None:
    if values["target_id"] is None or not values["before"] or not values["after"]:
        return None
    where = {"target_type": values["target_type"], "target_id": values["target_id"]}
    return f"{values['target_type']}:{values['target_id']}:{','.join(sorted(values['after']))}"[:160], where


def _same_fields(one: Values, other: Values) -> bool:
    return bool(other["before"]) and sorted(one["after"]) == sorted(other["after"])


def _rows(values: Values) -> int:
    rows = values["after"].get("rows", 0)
    return rows if isinstance(rows, int) else 0


def _words(one: Any) -> Callable[[Values, int], Text]:
    def words(values: Values, count: int) -> Text:
        who = values["account__name"] or "–"
        return str(one % {"who": who, "what": values["target_text"] or values["target_type"], "count": count})

    return words


WATCHES: Mapping[str, Watch] = {
    WatchKind.REFUSALS: Watch(
        Q(result=REFUSED),
        _by_person,
        _words(ngettext_lazy("%(who)s was refused %(count)d time.", "%(who)s was refused %(count)d times.", "count")),
    ),
    WatchKind.EXPORTS: Watch(
        Q(verb__in=EXPORTS, result=DONE),
        _by_person,
        _words(ngettext_lazy("%(who)s exported %(count)d row.", "%(who)s exported %(count)d rows.", "count")),
        weight=_rows,
    ),
    WatchKind.DELETIONS: Watch(
        Q(verb__endswith=".deleted", result=DONE),
        _by_person,
        _words(ngettext_lazy("%(who)s deleted %(count)d record.", "%(who)s deleted %(count)d records.", "count")),
    ),
    WatchKind.OWN_RIGHTS: Watch(
        Q(verb__in=RIGHTS, result=DONE),
        _by_own_account,
        _words(ngettext_lazy("%(who)s changed own rights.", "%(who)s changed own rights %(count)d times.", "count")),
    ),
    WatchKind.SAME_CORRECTION: Watch(
        Q(result=DONE, target_id__isnull=False) & ~Q(before={}) & ~Q(after={}),
        _by_object,
        _words(
            ngettext_lazy(
                "%(what)s was corrected in the same way %(count)d time.",
                "%(what)s was corrected in the same way %(count)d times.",
                "count",
            )
        ),
        alike=_same_fields,
    ),
}


def sightings(rule: WatchRule, ids: Sequence[int]) -> Iterator[Sighting]:
    """What `rule` notices about the records with these ids, which are new."""
    if rule.kind in (WatchKind.NEW_DEVICE, WatchKind.NEW_ADDRESS):
        yield from _new_places(rule, ids)
    else:
        yield from _counted(rule, WATCHES[rule.kind], ids)


def _counted(rule: WatchRule, watch: Watch, ids: Sequence[int]) -> Iterator[Sighting]:
    new: dict[str, list[Values]] = {}
    lookups: dict[str, dict[str, Any]] = {}
    for values in WorkRecord.objects.filter(watch.relevant, pk__in=ids).order_by("recorded_at", "pk").values(*FIELDS):
        found = watch.cause(values)
        if found is not None:
            cause, lookups[found[0]] = found
            new.setdefault(cause, []).append(values)
    window = timedelta(minutes=rule.window_minutes)
    for cause, fresh in new.items():
        since, until = fresh[0]["recorded_at"] - window, fresh[-1]["recorded_at"]
        period = Q(recorded_at__gt=since, recorded_at__lte=until)
        all_of_it = WorkRecord.objects.filter(watch.relevant, period, **lookups[cause]).order_by("recorded_at", "pk")
        alike = [values for values in all_of_it.values(*FIELDS) if watch.alike(fresh[-1], values)]
        dense = _densest(alike, watch.weight, window, rule.threshold)
        if dense:
            count = sum(map(watch.weight, dense))
            yield _sighting(cause, count, watch.words(dense[-1], count), dense)


def _densest(rows: Sequence[Values], weight: Callable[[Values], int], window: timedelta, least: int) -> list[Values]:
    """The stretch of at most `window` with the most weight, if that reaches `least`."""
    best: tuple[int, int, int] = (least - 1, 0, 0)
    start, total = 0, 0
    for end, row in enumerate(rows):
        total += weight(row)
        while rows[start]["recorded_at"] <= row["recorded_at"] - window:
            total -= weight(rows[start])
            start += 1
        if total > best[0]:
            best = (total, start, end + 1)
    return list(rows[best[1] : best[2]])


def _new_places(rule: WatchRule, ids: Sequence[int]) -> Iterator[Sighting]:
    """Sign-ins from where the person did not sign in within the window; the very first sign-in is none."""
    window = timedelta(minutes=rule.window_minutes)
    for values in WorkRecord.objects.filter(pk__in=ids, verb=SIGN_IN, result=DONE).order_by("pk").values(*FIELDS):
        place = _place(rule.kind, values)
        if values["account_id"] is None or not place:
            continue
        earlier = WorkRecord.objects.filter(
            Q(recorded_at__lt=values["recorded_at"]) | Q(recorded_at=values["recorded_at"], pk__lt=values["id"]),
            account_id=values["account_id"], verb=SIGN_IN, result=DONE,
        )  # fmt: skip
        recent = earlier.filter(recorded_at__gt=values["recorded_at"] - window)
        known = {_place(rule.kind, row) for row in recent.order_by().values("after", "address").distinct()}
        if place not in known and earlier.exists():
            words = _("%(who)s signed in from a new place: %(place)s")
            text = str(words) % {"who": values["account__name"], "place": place}
            yield _sighting(f"account:{values['account_id']}:{place}"[:160], 1, text, [values])


def _place(kind: str, values: Values) -> str:
    """A device family or a part of the internet."""
    if kind == WatchKind.NEW_DEVICE:
        return str(values["after"].get("device", ""))
    return block_of(values["address"])


def _sighting(cause: str, count: int, text: Text, rows: Sequence[Values]) -> Sighting:
    return Sighting(
        cause,
        count,
        text,
        [row["id"] for row in rows[:MOST_NAMED]],
        rows[0]["recorded_at"],
        rows[-1]["recorded_at"],
        rows[-1]["account_id"],
    )
