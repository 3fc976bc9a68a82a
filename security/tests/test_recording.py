"""What a work record says, and that everything done or refused leaves one."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from core import context
from core.clock import now
from core.crud.verbs import _TEXTS
from core.jobs.actions import cancel_job, run_job, start_job
from core.records import note_refusal, record, record_everywhere, record_platform, refusals_noted, registered_verbs
from core.tenancy.scope import network_scope
from security.actions import give_role, withdraw_role
from security.models import Assignment, PlatformRecord, WorkRecord
from security.recording.devices import block_of, device_of
from security.recording.masking import MASK, is_secret, mask_field, masked
from stations.actions import set_charger_state
from stations.models import Charger, District

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def only(**lookups):
    return WorkRecord.objects.get(**lookups)


def count():
    return WorkRecord.objects.count()


# --- What a record says ----------------------------------------------------------------------------------------------


def test_a_record_says_who_in_which_position_from_where_and_under_which_request(scoped):
    address, request = context.address.set("192.0.2.7"), context.request_id.set("request-1")
    record("site.closed", target=scoped.site, actor=scoped.director, summary="moved away")
    context.address.reset(address)
    context.request_id.reset(request)
    row = only(verb="site.closed")
    said = (row.account, str(row.account), row.position, row.address, row.request_id, row.result)
    assert said == (scoped.director, "Rosa", "director", "192.0.2.7", "request-1", "done")
    assert (row.target_type, row.target_id, row.target_code) == ("stations.site", scoped.site.pk, "A")
    assert (row.target_text, row.site, row.summary) == ("A Alpha Quay", scoped.site, "moved away")


def test_the_position_is_the_one_held_at_the_time(scoped):
    record("network.changed", actor=scoped.auditor, summary="first")
    give_role(account=scoped.auditor, role="director", place=scoped.network, actor=None, now=now())
    record("network.changed", actor=scoped.auditor, summary="second")
    found = dict(WorkRecord.objects.filter(verb="network.changed").values_list("summary", "position"))
    assert found == {"first": "auditor", "second": "auditor, director"}


def test_what_hangs_on_a_site_is_recorded_there(scoped):
    charger = Charger(site=scoped.second_site, code="C1")
    charger.save()
    record("charger.changed", target=charger)
    record("network.changed", target=scoped.network)
    record("network.changed", target=scoped.network, site=scoped.site, summary="here")
    assert only(verb="charger.changed").site == scoped.second_site
    assert set(WorkRecord.objects.filter(verb="network.changed").values_list("site__code", flat=True)) == {None, "A"}


def test_when_it_happened_and_how_long_it_took(scoped):
    earlier = now() - datetime.timedelta(days=2)
    record(
        "site.closed", target=scoped.site, occurred_at=earlier, took=datetime.timedelta(seconds=2.5), result="failed"
    )
    row = only(verb="site.closed")
    assert (row.occurred_at, row.took_ms, row.result, row.recorded_at > earlier) == (earlier, 2500, "failed", True)


def test_what_is_undone_leaves_no_record(scoped):
    before = count()
    with transaction.atomic():
        record("site.closed", target=scoped.site)
        transaction.set_rollback(True)
    assert count() == before


# --- Secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "api_key", "apiKey", "secret", "access_token", "totp", "phone", "phone_number",
     "passport", "identity_document", "id_number", "recovery_codes", "session_key", "PIN"],
)  # fmt: skip
def test_secret_fields_are_masked(name):
    assert masked({name: "4711"}) == {name: MASK}


@pytest.mark.parametrize(
    "name", ["name", "state", "site", "energy_wh", "session", "kind", "monkey", "opinion", "number"]
)
def test_other_fields_are_not(name):
    assert not is_secret(name)


def test_secrets_inside_of_values_are_masked_too():
    assert masked({"rows": [{"token": "x", "n": 1}], "account": {"password": "y", "name": "z"}}) == {
        "rows": [{"token": MASK, "n": 1}],
        "account": {"password": MASK, "name": "z"},
    }


def test_an_app_declares_further_names():
    mask_field("tattoo_on_left_arm")
    assert masked({"tattoo_on_left_arm": "anchor", "empty_phone": ""}) == {
        "tattoo_on_left_arm": MASK,
        "empty_phone": "",
    }


@given(st.sampled_from(["password", "phone", "secret"]), st.text(min_size=12, max_size=30))
def test_no_secret_survives(name, value):
    assert value not in str(masked({"a": {"b": [{name: value}]}, f"old_{name}": value}))


def test_a_recorded_secret_is_masked_in_the_row(scoped):
    record("site.changed", target=scoped.site, before={"phone": "", "name": "a"}, after={"phone": "0123", "name": "b"})
    row = only(verb="site.changed")
    assert (row.before, row.after) == ({"phone": "", "name": "a"}, {"phone": MASK, "name": "b"})


# --- Refusals --------------------------------------------------------------------------------------------------------


def refused(cast):
    with network_scope(cast.network):
        return [
            (row.verb, str(row.account), row.after.get("permission") or row.after.get("code"), row.after["page"])
            for row in WorkRecord.objects.filter(result="refused")
        ]


def test_a_page_that_was_refused_is_recorded(cast, signed_in):
    signed_in(cast.auditor).get("/n/harbour/settings/")
    assert refused(cast) == [("access.refused", "Ada", "network.change_network", "people:network-settings")]


def test_a_stranger_leaves_no_line(cast, signed_in):
    assert signed_in(cast.stranger).get("/n/harbour/settings/").status_code == 404
    assert refused(cast) == []


def test_a_deed_that_was_refused_is_recorded_with_its_object(cast, signed_in):
    data = {"closes_on": "2001-01-01", "reason": "", "when": "now"}
    answer = signed_in(cast.director).post("/n/harbour/people/give/", {"email": "ada@example.org", "role": "x", **data})
    assert answer.status_code == 422
    with network_scope(cast.network):
        charger = Charger(site=cast.site, code="C1", state="in_service")
        charger.save()
        cast.site.status = "closed"
        cast.site.save()
        set_charger_state(charger=charger, state="out_of_service", reason="x", actor=None, now=now())
    signed_in(cast.director).post("/n/harbour/chargers/C1/state/", {"state": "in_service", "reason": "try"})
    assert refused(cast) == [("deed.refused", "Rosa", "site-closed", "stations:charger-state")]
    with network_scope(cast.network):
        assert only(result="refused").site == cast.site


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_kept_although_the_transaction_of_the_request_is_undone(cast, signed_in):
    with network_scope(cast.network):
        District(code="D1", name="One").save()
        cast.site.district = District.objects.get()
        cast.site.save()
    answer = signed_in(cast.director).post("/n/harbour/districts/D1/delete/", {"reason": ""})
    assert answer.status_code in (409, 422)
    assert [line[:2] for line in refused(cast)] == [("deed.refused", "Rosa")]


def test_noting_a_refusal_outside_of_a_request_does_nothing():
    note_refusal("no")
    with refusals_noted() as noted:
        note_refusal("no")
    assert [deed.summary for deed in noted] == ["no"]


# --- Deeds outside of networks ---------------------------------------------------------------------------------------


def test_a_deed_of_an_administrator_is_recorded_on_the_platform_too(cast):
    cast.director.is_staff = True
    record_everywhere("account.signed-in", account=cast.director)
    with network_scope(cast.network):
        assert only(verb="account.signed-in").account == cast.director
    assert PlatformRecord.objects.get(verb="account.signed-in").position == "platform administrator"


def test_a_platform_record_shows_in_no_network(cast, signed_in):
    record_platform("platform.changed", summary="Quetzal plan", actor=cast.director)
    answer = signed_in(cast.director).get("/n/harbour/records/")
    assert "Quetzal plan" not in answer.content.decode()


def test_a_sign_in_says_the_family_of_the_device(cast):
    token = context.device.set(device_of(FIREFOX))
    record_everywhere("account.signed-in", account=cast.director)
    context.device.reset(token)
    with network_scope(cast.network):
        assert only(verb="account.signed-in").after == {"device": "Firefox, Linux"}


@pytest.mark.parametrize(
    ("address", "block"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::9", "2001:db8:1::/48"), (None, ""), ("", "")],
)
def test_parts_of_the_internet(address, block):
    assert block_of(address) == block


# --- Every main operation leaves exactly one -------------------------------------------------------------------------

USED = re.compile(r'(?:record|record_everywhere|record_platform)\(\s*f?"([^"]+)"|verb: str = "([^"]+)"|Deed\("([^"]+)"')
# Lines that only give a verb its words.
WORDED = re.compile(r'register_verb\(|": _\(')


def sources():
    for app in ("core", "security", "stations", "services", "reports", "chargenet"):
        for path in Path(django_settings.BASE_DIR, app).rglob("*.py"):
            if "tests" not in path.parts:
                yield path.read_text()


def used_verbs():
    return {next(filter(None, groups)) for text in sources() for groups in USED.findall(text)}


def test_every_registered_verb_is_used():
    lines = [line for text in sources() for line in text.splitlines() if not WORDED.search(line)]
    code = "\n".join(lines)
    rows = {verb for verb in registered_verbs() if verb.rpartition(".")[2] in _TEXTS}
    # Put together where they are used: f"alert.{deed}".
    composed = {verb for verb in registered_verbs() if f'f"{verb.partition(".")[0]}.{{' in code}
    assert {verb for verb in set(registered_verbs()) - rows - composed if f'"{verb}"' not in code} == set()


def test_every_used_verb_is_registered():
    assert {verb for verb in used_verbs() if "." in verb and "{" not in verb} - set(registered_verbs()) == set()


def verbs_since(pk):
    return list(WorkRecord.objects.filter(pk__gt=pk).order_by("pk").values_list("verb", flat=True))


def last_pk():
    return WorkRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_roles_leave_one_record_each(scoped):
    before = last_pk()
    given = give_role(account=scoped.nobody, role="auditor", place=scoped.network, actor=scoped.director, now=now())
    give_role(account=scoped.nobody, role="auditor", place=scoped.network, actor=scoped.director, now=now())
    later = now() + datetime.timedelta(seconds=1)
    for _ in range(2):
        withdraw_role(assignment=Assignment.objects.get(pk=given.pk), actor=scoped.director, now=later)
    assert verbs_since(before) == ["role.given", "role.withdrawn"]


def test_a_job_leaves_its_start_and_its_end_with_how_long_it_took(scoped):
    before = last_pk()
    params = {"query": "", "language": "en", "filename": "x.pdf"}
    values = {"kind": "stations.print-sites", "title": "Print", "actor": scoped.director, "params": params}
    job = start_job(now=now(), **values)
    run_job(job_id=job.pk)
    other = start_job(now=now(), **values)
    for _ in range(2):
        cancel_job(job=other, actor=scoped.director, now=now())
    assert verbs_since(before) == ["job.started", "job.ended", "job.started", "job.cancelled"]
    ended = only(verb="job.ended")
    assert (ended.account, ended.result, ended.took_ms >= 0) == (scoped.director, "done", True)


@pytest.mark.parametrize(
    ("path", "verb", "rows"),
    [
        ("sites/export/?format=csv", "list.exported", 2),
        ("sites/export/?format=xlsx&status=open", "list.exported", 2),
        ("sites/print/", "site-list.printed", 2),
        ("sites/A/sheet/", "site.printed", None),
        ("reports/operations/?format=json", "report.downloaded", None),
    ],
)
def test_what_leaves_the_product_is_recorded_once(cast, signed_in, path, verb, rows):
    client = signed_in(cast.director)
    with network_scope(cast.network):
        before = last_pk()
    answer = client.get(f"/n/harbour/{path}")
    assert answer.status_code == 200, path
    b"".join(answer.streaming_content) if answer.streaming else answer.content
    client.head(f"/n/harbour/{path}")
    with network_scope(cast.network):
        found = [row for row in WorkRecord.objects.filter(pk__gt=before)]
        assert [(row.verb, row.after.get("rows"), str(row.account)) for row in found][:1] == [(verb, rows, "Rosa")]
        assert len(found) == 1


def test_pages_for_keeping_records_leave_one_each(cast, signed_in):
    client = signed_in(cast.director)
    with network_scope(cast.network):
        before = last_pk()
    client.post("/n/harbour/districts/new/", {"code": "NEW", "name": "New", "datum": "wgs84"})
    form = client.get("/n/harbour/districts/NEW/edit/").context["form"]
    client.post(
        "/n/harbour/districts/NEW/edit/",
        {"code": "NEW", "name": "Newer", "datum": "wgs84", "row_version": form["row_version"].value()},
    )
    client.post("/n/harbour/districts/NEW/delete/", {"reason": "mistake"})
    with network_scope(cast.network):
        assert verbs_since(before) == ["district.created", "district.changed", "district.deleted"]
