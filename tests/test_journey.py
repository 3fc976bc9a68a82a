"""The first whole way: sign in, import real sessions through the wizard, look at the dashboard, open the PDF."""

import io

import pypdf
import pytest
from playwright.sync_api import Page, expect

from core.clock import now
from core.tenancy.scope import network_scope
from security.actions import give_role
from services.charging.models import ChargingSession
from tests.browser import Complaints, new_page, served_pages, started_chromium
from tests.cast import PASSWORD, SECRET, give_second_factor, make_account, make_network
from tests.shared_data import DUNDEE_SESSIONS, shared_file
from tests.totp import code
from tests.worker import running_worker, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.shared_data, pytest.mark.slow]


def sign_in(page: Page, address: str) -> None:
    """Sign in as Rosa and arrive on the dashboard of her one network."""
    page.goto(address)
    page.locator("[name=username]").fill("rosa@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[name=code]").fill(code(SECRET))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def import_sessions(page: Page, address: str, path: object) -> None:
    """Through the wizard: choose, upload, columns, check, import."""
    page.goto(f"{address}/n/dundee/imports/new/charging-sessions/")
    page.set_input_files("input[type=file]", str(path))
    page.locator("[name=source_name]").fill("Dundee City Council")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="Columns of the file")).to_be_visible()
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The whole import can be undone until")).to_be_visible(timeout=90_000)


@pytest.mark.django_db(transaction=True)
def test_from_signing_in_to_the_printed_report(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    path = shared_file(DUNDEE_SESSIONS[0])
    network = make_network("dundee", name="Dundee")
    with network_scope(network):
        rosa = make_account("Rosa")
        give_second_factor(rosa)
        give_role(account=rosa, role="director", place=network, actor=None, now=now())
    with running_worker(), served_pages() as address, started_chromium() as browser:
        context, page = new_page(browser)
        complaints = Complaints(page)
        sign_in(page, address)
        import_sessions(page, address, path)
        with network_scope(network):
            wait_until(lambda: ChargingSession.objects.count() == 15_502)
        page.goto(f"{address}/n/dundee/")
        expect(page.get_by_text("These are old figures")).to_be_visible()
        page.goto(f"{address}/n/dundee/reports/operations/?month=2017-10")
        expect(page.locator("body")).to_contain_text("5,078")
        answer = context.request.get(f"{address}/n/dundee/reports/operations/?month=2017-10&format=pdf")
        text = "\n".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(answer.body())).pages)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        assert "Dundee" in text
        assert "5,078" in text
        # The live process does not run here; its absence is all that a page may complain about.
        assert [text for text in complaints.heard if "/live/" not in text and "404 (Not Found)" not in text] == []
        context.close()
