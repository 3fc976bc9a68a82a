"""The first way of somebody who is invited: from the mail to the own site, with a second factor."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

from chargenet.celery import app
from core.clock import now
from core.tenancy.scope import network_scope
from security.models import Network
from security.signing.invitations import Proposal, invite
from tests.browser import Complaints, new_page, served_pages, started_chromium
from tests.totp import code

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "lantern otter glacier"


@pytest.fixture
def link(cast):
    """The address in the mail that invites Clara to site A of a network that wants a second factor of everybody."""
    cache.clear()
    Network.objects.filter(pk=cast.network.pk).update(requires_second_factor=True)
    app.conf.task_always_eager = True
    with network_scope(cast.network):
        proposal = Proposal("clara@example.org", "Clara", "site_operator", cast.site)
        invite(proposal=proposal, actor=cast.director, now=now())
    app.conf.task_always_eager = False
    return re.search(r"https?://[^/\s]+(/invitation/\S+)", mail.outbox[-1].body).group(1)


def accept(page: Page, address: str) -> None:
    """Follow the link and set a password."""
    page.goto(address)
    expect(page.get_by_text("Rosa invites you")).to_be_visible()
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Accept and sign in").click()
    expect(page.get_by_role("heading", name="A second factor is needed")).to_be_visible()


def keep_codes(page: Page) -> None:
    """Look at the recovery codes and go on to where it was meant to go."""
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator(".code-list li").count() == 10
    page.get_by_role("link", name="I have kept them safe").click()


def sees_only_her_site(page: Page, address: str) -> None:
    """Site A shows, site B does not, and the people of the network are not hers to see."""
    page.goto(f"{address}/n/harbour/sites/")
    expect(page.locator("#list")).to_contain_text("Alpha Quay")
    expect(page.locator("body")).not_to_contain_text("Beta Mall")
    assert page.goto(f"{address}/n/harbour/people/").status == 403


def sign_in(page: Page, address: str) -> None:
    """Out, and in again as far as the password goes."""
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in/")
    page.locator("[name=username]").fill("clara@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_an_invited_clerk_signs_in_with_an_app_and_sees_only_her_site(cast, link):
    with served_pages() as address, started_chromium() as browser:
        context, page = new_page(browser)
        complaints = Complaints(page)
        accept(page, f"{address}{link}")
        page.get_by_role("link", name="Authenticator app").click()
        secret = page.locator("[data-secret]").inner_text()
        assert page.locator(".qr-code").evaluate("image => image.naturalWidth") > 0
        page.locator("[name=code]").fill(code(secret))
        page.get_by_role("button", name="Finish").click()
        keep_codes(page)
        assert [text for text in complaints.heard if "/live/" not in text and "404 (Not Found)" not in text] == []
        sees_only_her_site(page, address)
        sign_in(page, address)
        page.locator("[name=code]").fill(code(secret))
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
        context.close()


@pytest.mark.django_db(transaction=True)
def test_an_invited_clerk_uses_a_security_key(cast, link):
    with served_pages() as address, started_chromium() as browser:
        address = address.replace("127.0.0.1", "localhost")  # a key belongs to a name, never to a number
        context, page = new_page(browser)
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})
        accept(page, f"{address}{link}")
        page.get_by_role("link", name="Security key or passkey").click()
        page.locator("[name=name]").fill("Desk of the shop")
        page.get_by_role("button", name="Add the key").click()
        keep_codes(page)
        sees_only_her_site(page, address)
        sign_in(page, address)
        page.get_by_role("button", name="Use the security key").click()
        expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
        page.goto(f"{address}/account/second-factor/")
        expect(page.locator("body")).to_contain_text("Desk of the shop")
        context.close()
