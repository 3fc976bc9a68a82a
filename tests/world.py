"""A row of every kind in both networks, so that a walk over all addresses finds something behind each."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.clock import now
from core.importing.models import ImportRun
from core.jobs.models import Job
from core.records import record
from core.tenancy.scope import network_scope
from security.models import Alert, Approval, Assignment, Invitation, RecordSet, WatchRule, WorkRecord
from security.record_sets.figures import DIMENSIONS, SUMS
from services.charging.models import ChargingSession
from stations.models import Charger, Connector, District, Site, SiteListing

CANARY = "Quetzal"  # stands in every text of the other network


@dataclass(frozen=True)
class Sample:
    """Rows of one network, by what the parameters of addresses name."""

    site: Site
    district: District
    charger: Charger
    connector: Connector
    listing: SiteListing
    session: ChargingSession
    import_run: ImportRun
    job: Job
    assignment: Assignment
    approval: Approval
    invitation: Invitation
    record: WorkRecord
    alert: Alert
    record_set: RecordSet


def populate(network: Any, site: Site, account: Any, prefix: str) -> Sample:
    """One row of every kind in `network`; all texts begin with `prefix`."""
    moment = now()
    with network_scope(network):
        district = _saved(District(code=f"{prefix[:3]}-D", name=f"{prefix} district"))
        charger = _saved(Charger(site=site, code=f"{prefix[:3]}-C1", vendor=prefix, note=f"{prefix} note"))
        connector = _saved(Connector(charger=charger, number=1, rated_kw=50))
        place = {"latitude": site.latitude, "longitude": site.longitude}
        listing = _saved(
            SiteListing(source=f"{prefix} register", external_id="1", name=prefix, state="doubtful", piles=3, **place)
        )
        session = _saved(
            ChargingSession(
                site=site, charger=charger, connector=connector, source="counter", recorded_at=moment,
                charger_told=charger.code, site_told=f"{prefix} told", token=f"{prefix}-TOKEN",
                started_at=moment - timedelta(hours=30), ended_at=moment - timedelta(hours=1), energy_wh=9000,
                state="aside", doubts=["too_long"], doubt="too_long", source_name=prefix, external_id=prefix,
            )
        )  # fmt: skip
        run = _saved(
            ImportRun(
                importer="sites", filename=f"{prefix}.csv", size=10, sha256="0" * 64, source_name=prefix, actor=account,
                created_at=moment,
                **({"number": f"IMP-2026-{900000 + network.pk:06}"} if _has(ImportRun, "number") else {}),
            )
        )  # fmt: skip
        job = _saved(Job(kind="imports.check", title=f"{prefix} job", actor=account, created_at=moment, state="done"))
        # Somebody else's: the walk withdraws it.
        others = Assignment.objects.exclude(account=account)
        invitation = _saved(
            Invitation(
                email=f"{prefix.lower()}@example.org", name=prefix, role="auditor", place=network, token_hash=prefix,
                invited_by=account, sent_at=moment, expires_at=moment + timedelta(days=7),
            )
        )  # fmt: skip
        assignment = others.first() or Assignment.objects.first()
        approval = _saved(
            Approval(
                number=f"APR-2026-{900000 + network.pk:06}", deed="roles.adapt", summary=f"{prefix} wants this",
                asked_by=account, asked_at=moment, expires_at=moment + timedelta(days=7), before={prefix: 1},
                params={"role": "dispatcher", "permissions": [], "seen": []},
            )
        )  # fmt: skip
        record("site.closed", target=site, actor=account, summary=f"{prefix} closed")
        alert = _saved(
            Alert(
                number=f"ALR-2026-{900000 + network.pk:06}", rule=WatchRule.objects.get(kind="exports"), cause=prefix,
                text=f"{prefix} exported", count=1, first_at=moment, last_at=moment, raised_at=moment,
                due_at=moment, owner=account,
            )
        )  # fmt: skip
        made = _saved(_record_set(network, prefix, moment))
        kept = WorkRecord.objects.get(summary=f"{prefix} closed")
        return Sample(
            site, district, charger, connector, listing, session, run, job, assignment, approval, invitation, kept,
            alert, made,
        )  # fmt: skip


def _record_set(network: Any, prefix: str, moment: Any) -> RecordSet:
    nothing = dict.fromkeys(SUMS, 0)
    line = nothing | {"key": "1", "name": prefix, "before": 0}
    figures = {dimension: [line] for dimension in DIMENSIONS} | {"totals": nothing, "alerts": []}
    day = moment.date() - timedelta(days=3)
    return RecordSet(
        number=f"WRS-2026-{900000 + network.pk:06}", kind="day", first_day=day, last_day=day, starts_at=moment,
        ends_at=moment, made_at=moment, record_count=1, refusal_count=0, alert_count=0, seal_number=0,
        figures=figures, figures_sha256="0" * 64, pdf=prefix.encode(), pdf_sha256="0" * 64,
    )  # fmt: skip


def _saved(row: Any) -> Any:
    row.save()
    return row


def _has(model: Any, name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)
