"""Charging as it happens in the invented city: when cars come, how long they stay, how much they take. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Arrivals by hour of the day, relative: fast chargers by day, slow ones before work and in the evening.
FAST_DAY = (1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 8, 9, 10, 9, 8, 8, 9, 11, 11, 9, 7, 5, 3, 2)
SLOW_DAY = (2, 1, 1, 1, 1, 2, 5, 9, 10, 7, 5, 5, 5, 4, 4, 4, 5, 8, 10, 9, 7, 5, 4, 3)
WEEKDAY = (1.0, 1.0, 1.02, 1.04, 1.1, 0.92, 0.78)
TOLERANCE = 1.0


@dataclass
class Usage:
    """One session of a connector: moments aware, energy in Wh, and what is doubtful about it (empty: nothing)."""

    started_at: datetime
    ended_at: datetime | None
    energy_wh: int | None
    doubt: str = ""
    token: str = ""
    stop_reason: str = field(default="EVDisconnected")


def usages(
    *, first: datetime, last: datetime, kw: float, busy: float, tokens: list[str], rng: random.Random
) -> Iterator[Usage]:
    """Sessions of one connector of `kw` between two moments of its local clock, in order and never overlapping."""
    fast = kw >= 40
    profile = FAST_DAY if fast else SLOW_DAY
    whole = sum(profile)
    a_day = busy * (3.4 if fast else 1.5)
    free_from, hour = first, first
    while hour < last:
        grown = 0.85 + 0.15 * (hour - first) / (last - first)
        expected = a_day * profile[hour.hour] / whole * WEEKDAY[hour.weekday()] * grown
        if rng.random() < expected:
            start = hour + timedelta(minutes=rng.randint(0, 59))
            if start >= free_from and start < last:
                usage = _usage(start, kw, fast, rng.choice(tokens) if rng.random() < 0.8 else "", rng)
                free_from = (usage.ended_at or usage.started_at + timedelta(hours=2)) + timedelta(minutes=2)
                if free_from < last or usage.ended_at is None:
                    yield usage
        hour += timedelta(hours=1)


def _usage(start: datetime, kw: float, fast: bool, token: str, rng: random.Random) -> Usage:
    wanted_wh = round(rng.triangular(4, 62, 24 if fast else 14) * 1000)
    power = kw * rng.uniform(0.42, 0.82) * TOLERANCE
    charging = timedelta(hours=wanted_wh / 1000 / power)
    waiting = timedelta(minutes=rng.expovariate(1 / (4 if fast else 70)))
    length = min(charging + waiting, timedelta(hours=23))
    energy = min(wanted_wh, round(power * 1000 * length.total_seconds() / 3600))
    usage = Usage(start, start + timedelta(minutes=max(3, round(length.total_seconds() / 60))), energy, "", token)
    return _spoiled(usage, rng) if rng.random() < 0.012 else usage


def _spoiled(usage: Usage, rng: random.Random) -> Usage:
    """The kinds of dirt that real files have."""
    kind = rng.choice(("open", "open", "negative_energy", "ends_before_start", "impossible_energy"))
    usage.doubt = kind
    if kind == "open":
        usage.ended_at, usage.energy_wh, usage.stop_reason = None, None, ""
    elif kind == "negative_energy":
        usage.energy_wh = -(usage.energy_wh or 0)
    elif kind == "ends_before_start":
        usage.ended_at = usage.started_at - timedelta(minutes=rng.randint(1, 50))
    else:
        usage.energy_wh = 1_400_000 + rng.randint(0, 90_000)
    return usage
