"""Mails of this app: text and HTML from one pair of templates, in the reader's language, sent by a worker.

The request only hands them over: how long a mail server takes tells nobody whether an account exists. Letters wait
encrypted: they hold addresses and links that work once, and the queue is read by more eyes than a mailbox.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from core.encryption.keys import key_ring

PLACE = "security.mail"


@dataclass(frozen=True)
class Letter:
    """What a mail says. `facts` are (label, value); `url` is the one thing to do."""

    subject: str
    greeting: str
    paragraphs: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    url: str = ""
    url_text: str = ""
    closing: str = ""


def language_of(account: Any) -> str:
    """The language in which to write to `account`: its own, or the one of the page that is being answered."""
    return str(getattr(account, "language", "") or translation.get_language() or settings.LANGUAGE_CODE)


def absolute(path: str) -> str:
    """The address of a page as a mail must name it: from the settings, never from what the request calls itself."""
    return settings.SITE_URL.rstrip("/") + path


def send(letter: Letter, *, to: str) -> None:
    """Hand the letter to a worker once the running transaction has committed."""
    context = {"letter": letter, "site_url": settings.SITE_URL, "language": translation.get_language()}
    text = render_to_string("email/letter.txt", context).strip() + "\n"
    html = render_to_string("email/letter.html", context)
    subject = " ".join(letter.subject.split())
    sealed = key_ring().encrypt(json.dumps([subject, text, html, to]), PLACE)
    transaction.on_commit(lambda: deliver.delay(sealed), robust=True)


@shared_task(
    name="security.send_mail", autoretry_for=(OSError,), retry_backoff=10, retry_backoff_max=600, max_retries=6
)
def deliver(sealed: str) -> None:
    """Send one mail; a mail server that is away is asked again for about half an hour."""
    subject, text, html, to = json.loads(key_ring().decrypt(sealed, PLACE))
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    message.attach_alternative(html, "text/html")
    message.send()
