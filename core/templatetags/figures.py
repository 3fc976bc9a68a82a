"""Filters that write values for people; each is one function of core.formatting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template

from core import clock, formatting

register = template.Library()


@register.filter
def number(value: formatting.Number | None, decimals: int | None = None) -> str:
    """{{ total|number }}, {{ mean|number:2 }}"""
    return formatting.NOTHING if value is None else formatting.number(value, decimals)


@register.filter
def kwh(value: formatting.Number | None, decimals: int = 1) -> str:
    """Wh as kWh: {{ session.energy_wh|kwh }} kWh"""
    return formatting.NOTHING if value is None else formatting.energy(value, decimals)


@register.filter
def kw(value: formatting.Number | None, decimals: int | None = None) -> str:
    """W as kW: {{ charger.rated_w|kw }} kW"""
    return formatting.NOTHING if value is None else formatting.power(value, decimals)


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    """{{ amount|money:network.currency }}"""
    return formatting.NOTHING if value is None else formatting.money(value, currency)


@register.filter
def percent(value: formatting.Number | None, decimals: int = 1) -> str:
    """A ratio as a percentage: {{ utilisation|percent }} %"""
    return formatting.NOTHING if value is None else formatting.percent(value, decimals)


@register.filter
def duration(value: timedelta | formatting.Number | None) -> str:
    """{{ session.length|duration }}; a plain number is seconds"""
    return formatting.NOTHING if value is None else formatting.duration(value)


@register.filter
def moment(value: datetime | None) -> str:
    """{{ session.started_at|moment }}"""
    return formatting.NOTHING if value is None else formatting.time_element(value)


@register.filter
def day(value: date | None) -> str:
    """{{ site.opened_on|day }}"""
    return formatting.NOTHING if value is None else formatting.time_element(value, formatting.day(value))


@register.filter
def ago(value: datetime | None) -> str:
    """{{ job.finished_at|ago }}; the exact moment is the title"""
    if value is None:
        return formatting.NOTHING
    return formatting.time_element(value, formatting.ago(value, clock.now()))
