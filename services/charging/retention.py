"""How long the card or contract that a session names is kept: it leads to a person, the energy does not."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.retention import RetentionKind, register_retention
from services.charging.models import ChargingSession, SessionState


def _named(before: datetime) -> Any:
    """Sessions before a moment that still name somebody. The source's own row waits for doubtful ones to be decided."""
    decided = ~Q(state=SessionState.SET_ASIDE) & ~Q(told={})
    return ChargingSession.objects.filter(started_at__lt=before).filter(~Q(token="") | decided)  # nosec B106  no token


def _forget(before: datetime, most: int) -> int:
    chosen = list(_named(before).order_by("pk").values_list("pk", flat=True)[:most])
    ChargingSession.objects.filter(pk__in=chosen).update(token="")  # nosec B106
    ChargingSession.objects.filter(pk__in=chosen).exclude(state=SessionState.SET_ASIDE).update(told={})
    return len(chosen)


register_retention(
    RetentionKind(
        name="charging.customers",
        label=_("Cards and contracts of charging sessions"),
        help=_("By which card or contract somebody charged. Times, places and energy stay."),
        days=365,
        least=30,
        most=3650,
        count=lambda before: _named(before).count(),
        forget=_forget,
    )
)
