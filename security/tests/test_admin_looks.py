"""The admin pages as people meet them: accessible in both themes at both widths, and alive under the strict policy."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
from playwright.sync_api import Browser

from core.assets import build_assets
from security.networks.life import suspend_network
from tests.browser import Complaints, new_page, started_chromium
from tests.cast import make_account
from tests.world import populate

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    build_assets()
    with started_chromium() as chromium:
        yield chromium
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def office(cast):
    """A signed-in administrator inside of the first network, with something on every page."""
    boss = make_account("Petra")
    boss.is_staff = boss.is_superuser = True
    boss.save()
    client = Client()
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/admin/network/", {"network": cast.network.pk, "reason": "A look at the pages."})
    return client


@pytest.fixture
def paths(cast, office):
    """Every kind of admin page."""
    from core.clock import now

    cast.site.latitude = cast.site.longitude = 50
    sample = populate(cast.network, cast.site, cast.director, "Harbour")
    every = IntervalSchedule.objects.create(every=5, period="minutes")
    CrontabSchedule.objects.create(minute="5")
    task = PeriodicTask.objects.create(name="sweep", task="core.sweep_jobs", interval=every)
    Client().post("/sign-in/", {"username": "a@example.org", "password": "wrong"})
    suspend_network(network=cast.other, reason="Moving.", actor=None, now=now())
    own, other = cast.network.pk, cast.other.pk
    beat = "django_celery_beat"
    return [
        "", "security/", "network/",
        "security/network/", "security/network/add/", f"security/network/{own}/change/",
        f"security/network/{other}/change/", f"security/network/{own}/history/", f"security/network/{own}/suspend/",
        f"security/network/{other}/erase/", f"security/network/{other}/resume/", "security/networkdeletion/",
        "security/account/", "security/account/?q=o", "security/account/add/",
        f"security/account/{cast.operator.pk}/change/", f"security/account/{cast.operator.pk}/password/",
        f"security/account/{cast.operator.pk}/history/", "security/erasurerequest/",
        "security/assignment/", "security/assignment/add/", f"security/assignment/{sample.assignment.pk}/change/",
        f"security/assignment/{sample.assignment.pk}/history/",
        "core/job/", f"core/job/{sample.job.pk}/change/",
        f"{beat}/periodictask/", f"{beat}/periodictask/add/", f"{beat}/periodictask/{task.pk}/change/",
        f"{beat}/periodictask/{task.pk}/delete/", f"{beat}/intervalschedule/", f"{beat}/intervalschedule/add/",
        f"{beat}/crontabschedule/", f"{beat}/crontabschedule/add/", "axes/accessattempt/",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("light", 1280), ("dark", 320), ("dark", 1280)])
def test_axe_finds_nothing_on_any_admin_page(browser, live_server, office, paths, theme, width):
    context, page = new_page(browser, width=width, bypass_csp=True)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": office.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    findings = []
    for path in paths:
        page.goto(f"{live_server.url}/admin/{path}")
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        if page.evaluate("document.documentElement.scrollWidth") > width:
            findings.append((path, "wider than the window"))
        violations = Axe().run(page, options=RULES).response["violations"]
        findings += [(path, found["id"], [node["html"][:160] for node in found["nodes"]]) for found in violations]
    context.close()
    assert findings == [], "\n".join(map(str, findings))


def test_every_admin_page_works_under_the_strict_policy(browser, live_server, office, paths):
    context, page = new_page(browser)
    complaints = Complaints(page)
    cookie = office.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    for path in paths:
        page.goto(f"{live_server.url}/admin/{path}")
    context.close()
    assert complaints.heard == []
