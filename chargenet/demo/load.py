"""Puts the demonstration network into the database."""

import json
import os
import random
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from chargenet.demo import city
from chargenet.demo.sessions import usages
from core.clock import now as clock_now
from core.history import bulk_create_with_history
from core.tenancy.scope import network_scope
from security.actions import give_role
from security.models import Account, Network
from services.base.models import Source
from services.charging.models import ChargingSession, SessionState
from stations.models import Charger, Connector, District, Site
from stations.vocabulary import ChargingMethod, ConnectorStandard, Current, SiteKind, SiteStatus

SLUG = "demo-city"
SEED = 20240229
DAYS = 92
CENTRES, STORES, STATIONS = 4, 12, 44

# vendor, model, method, kW of the charger, connectors as (standard, current, kW), how often such a charger is built
CHARGERS: tuple[tuple[str, str, str, int, tuple[tuple[str, str, int], ...], int], ...] = (
    ("Northwind", "Pillar 7", ChargingMethod.AC, 14, ((ConnectorStandard.GBT_AC, Current.AC_1_PHASE, 7),) * 2, 5),
    ("Northwind", "Pillar 22", ChargingMethod.AC, 22, ((ConnectorStandard.GBT_AC, Current.AC_3_PHASE, 22),), 2),
    ("Volta Works", "Rapid 60", ChargingMethod.DC, 60, ((ConnectorStandard.GBT_DC, Current.DC, 60),), 4),
    ("Volta Works", "Rapid 120", ChargingMethod.DC, 120, ((ConnectorStandard.GBT_DC, Current.DC, 60),) * 2, 2),
)


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demonstration: the role it holds ("" for the platform administrator) and where.

    `sites` are the codes of the sites; none: the network.
    """

    email: str
    name: str
    role: str
    sites: tuple[str, ...] = ()


ACCOUNTS = (
    DemoAccount("director@demo.example", "Dana Director", "director"),
    DemoAccount("deputy@demo.example", "Denis Deputy", "director"),
    DemoAccount("dispatcher@demo.example", "Dilara Dispatcher", "dispatcher"),
    DemoAccount("analyst@demo.example", "Anton Analyst", "analyst"),
    DemoAccount("manager@demo.example", "Mina Manager", "site_manager", ("ST-001", "ST-002")),
    DemoAccount("operator@demo.example", "Oskar Operator", "site_operator", ("ST-001",)),
    DemoAccount("depot@demo.example", "Dora Depot", "depot_clerk", ("DC-01",)),
    DemoAccount("store@demo.example", "Stella Store", "store_clerk", ("MS-01",)),
    DemoAccount("technician@demo.example", "Timo Technician", "technician"),
    DemoAccount("accountant@demo.example", "Ann Accountant", "accountant"),
    DemoAccount("auditor@demo.example", "Ada Auditor", "auditor"),
    DemoAccount("admin@demo.example", "Petra Platform", ""),
)


@transaction.atomic
def load_demo(*, until: datetime, accounts_path: Path) -> dict[str, int]:
    """Make the demonstration network with sessions up to `until`; returns how many of each thing were made.

    Everything but the passwords is the same for the same `until`. Passwords are random and written to
    `accounts_path`, readable by this user alone.
    """
    rng = random.Random(SEED)  # noqa: S311 (a plausible city, no secret)
    network = Network.objects.create(
        slug=SLUG,
        name="Demo City (demonstration)",
        country="CN",
        currency="CNY",
        time_zone="Asia/Shanghai",
        is_demo=True,
    )
    with network_scope(network):
        districts = _districts(grid := city.corners(rng))
        sites, popularity = _sites(rng, grid, districts)
        connectors = _equipment(rng, sites)
        made = _sessions(rng, network, until, connectors, popularity)
        _accounts(network, sites, accounts_path)
        return {"sites": len(sites), "connectors": len(connectors), "sessions": made}


def _districts(grid: Any) -> list[District]:
    rows = [
        District(code=f"D{index + 1:02}", name=name, outline=city.outline(index, grid))
        for index, name in enumerate(city.DISTRICTS)
    ]
    return bulk_create_with_history(District, rows, reason="Demonstration")


def _sites(rng: random.Random, grid: Any, districts: list[District]) -> tuple[list[Site], dict[int, float]]:
    places = city.places(CENTRES + STORES + STATIONS, rng, grid)
    centres = [_site(rng, f"DC-{n + 1:02}", SiteKind.DISTRIBUTION_CENTRE, places[n], districts) for n in range(CENTRES)]
    bulk_create_with_history(Site, centres, reason="Demonstration")
    others = []
    for number, place in enumerate(places[CENTRES:]):
        store = number < STORES
        code = f"MS-{number + 1:02}" if store else f"ST-{number - STORES + 1:03}"
        kind = SiteKind.MEMBER_STORE if store else SiteKind.CHARGING_STATION
        site = _site(rng, code, kind, place, districts)
        site.supplied_by = min(centres, key=lambda centre, here=site: _distance(centre, here))  # type: ignore[misc]
        others.append(site)
    bulk_create_with_history(Site, others, reason="Demonstration")
    sites = [*centres, *others]
    return sites, {site.pk: place.busy for site, place in zip(sites, places, strict=True)}


def _site(rng: random.Random, code: str, kind: str, place: city.Place, districts: list[District]) -> Site:
    services = {
        SiteKind.CHARGING_STATION: ["charging", "swap"] if rng.random() < 0.3 else ["charging"],
        SiteKind.DISTRIBUTION_CENTRE: ["battery_maintenance", "recycling"],
        SiteKind.MEMBER_STORE: ["rental", "swap", "battery_sale", "goods_sale"],
    }[SiteKind(kind)]
    draw = rng.random()
    status = SiteStatus.OPEN if draw < 0.9 else SiteStatus.SUSPENDED if draw < 0.95 else SiteStatus.PLANNED
    return Site(
        code=code,
        name=place.name,
        kind=kind,
        status=SiteStatus.OPEN if kind == SiteKind.DISTRIBUTION_CENTRE else status,
        operator=place.operator,
        address=place.address,
        town="Demo City",
        district=districts[place.district],
        latitude=Decimal(str(place.latitude)),
        longitude=Decimal(str(place.longitude)),
        always_open=kind == SiteKind.CHARGING_STATION,
        opening_week={} if kind == SiteKind.CHARGING_STATION else {str(d): [["08:00", "20:00"]] for d in range(7)},
        opened_on=clock_now().date() - timedelta(days=rng.randint(200, 2500)),
        battery_capacity={SiteKind.DISTRIBUTION_CENTRE: 600, SiteKind.MEMBER_STORE: 40}.get(SiteKind(kind), 24),
        grid_kw=Decimal(rng.choice((250, 400, 630, 800))),
        services=services,
    )


def _distance(a: Site, b: Site) -> Decimal:
    zero = Decimal(0)
    north = (a.latitude or zero) - (b.latitude or zero)
    east = (a.longitude or zero) - (b.longitude or zero)
    return north**2 + east**2


def _equipment(rng: random.Random, sites: list[Site]) -> list[Connector]:
    chargers, plans = [], []
    for site in sites:
        if site.kind == SiteKind.DISTRIBUTION_CENTRE or (site.kind == SiteKind.MEMBER_STORE and rng.random() < 0.5):
            continue
        for number in range(rng.randint(1, 2) if site.kind == SiteKind.MEMBER_STORE else rng.randint(2, 8)):
            vendor, model, method, kw, plan, _ = rng.choices(CHARGERS, [row[5] for row in CHARGERS])[0]
            chargers.append(
                Charger(
                    site=site,
                    code=f"{site.code}-C{number + 1:02}",
                    vendor=vendor,
                    model=model,
                    serial_number=f"{vendor[:2].upper()}{rng.randint(10**7, 10**8 - 1)}",
                    method=method,
                    rated_kw=kw,
                    firmware=f"2.{rng.randint(0, 4)}.{rng.randint(0, 9)}",
                    commissioned_on=site.opened_on,
                )
            )
            plans.append(plan)
    bulk_create_with_history(Charger, chargers, reason="Demonstration")
    connectors = [
        Connector(
            charger=charger,
            number=number,
            standard=standard,
            current=current,
            rated_kw=kw,
            state=rng.choices(("Available", "Charging", "Unavailable", "Faulted"), (60, 32, 5, 3))[0],
            state_since=clock_now() - timedelta(minutes=rng.randint(1, 600)),
        )
        for charger, plan in zip(chargers, plans, strict=True)
        for number, (standard, current, kw) in enumerate(plan, start=1)
    ]
    return bulk_create_with_history(Connector, connectors, reason="Demonstration")


def _sessions(
    rng: random.Random, network: Network, until: datetime, connectors: list[Connector], popularity: dict[int, float]
) -> int:
    zone = network.zone
    last = until.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    first = datetime.combine((last - timedelta(days=DAYS)).date(), time(0), zone)
    tokens = [f"CNDMOC{number:07X}" for number in rng.sample(range(16**7), 900)]
    recorded = clock_now()
    rows: list[ChargingSession] = []
    for connector in connectors:
        site = connector.charger.site
        if site.status == SiteStatus.PLANNED:
            continue
        busy = popularity[site.pk]
        for usage in usages(
            first=first, last=last, kw=float(connector.rated_kw or 7), busy=busy, tokens=tokens, rng=rng
        ):
            rows.append(
                ChargingSession(
                    site=site,
                    charger=connector.charger,
                    connector=connector,
                    source=Source.DEMO,
                    source_name="demo",
                    external_id=f"D{len(rows) + 1:06}",
                    recorded_at=recorded,
                    charger_told=connector.charger.code,
                    site_told=site.name,
                    token=usage.token,
                    started_at=usage.started_at,
                    ended_at=usage.ended_at,
                    energy_wh=usage.energy_wh,
                    stop_reason=usage.stop_reason,
                    state=SessionState.SET_ASIDE if usage.doubt else SessionState.ACCEPTED,
                    doubts=[usage.doubt] if usage.doubt else [],
                    doubt=usage.doubt,
                )
            )
    for start in range(0, len(rows), 5000):
        ChargingSession.objects.bulk_create(rows[start : start + 5000])
    return len(rows)


def _accounts(network: Network, sites: list[Site], path: Path) -> None:
    by_code = {site.code: site for site in sites}
    written = []
    for wanted in ACCOUNTS:
        password = "-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(90) + 10}"
        Account.objects.filter(email=wanted.email).delete()
        make = Account.objects.create_user if wanted.role else Account.objects.create_superuser
        account = make(wanted.email, password, name=wanted.name)
        if wanted.role:
            places: list[Any] = [by_code[code] for code in wanted.sites] or [network]
            for place in places:
                give_role(account=account, role=wanted.role, place=place, actor=None, now=clock_now())
        role = wanted.role or "platform administrator"
        written.append({"email": wanted.email, "password": password, "role": role})
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(written, file, indent=2)


WORDS = (
    "amber", "anchor", "apple", "arrow", "basil", "beacon", "birch", "bridge", "candle", "canyon", "cedar", "cobalt",
    "copper", "coral", "cotton", "daisy", "delta", "ember", "falcon", "fern", "flint", "forest", "garnet", "ginger",
    "glacier", "harbour", "hazel", "heron", "indigo", "island", "ivory", "jasper", "juniper", "kettle", "lagoon",
    "lantern", "lemon", "lilac", "linen", "maple", "marble", "meadow", "mint", "nectar", "oasis", "olive", "opal",
    "orchid", "otter", "pebble", "pepper", "pine", "plum", "quartz", "raven", "river", "saffron", "sage", "silver",
    "spruce", "summit", "thistle", "timber", "tulip", "velvet", "violet", "walnut", "willow", "winter", "zephyr",
)  # fmt: skip
