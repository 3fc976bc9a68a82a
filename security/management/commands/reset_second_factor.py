"""`manage.py reset_second_factor`: for somebody who lost phone, keys and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from security.models import Account
from security.signing.sessions import end_sessions


class Command(BaseCommand):
    """Removes all second factors of an account; whoever must have one is led to set it up at the next sign-in."""

    help = "Remove all second factors of an account and end its sessions. Make sure who asks for it first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the e-mail address of the account")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        account = Account.objects.filter(email=options["email"].lower()).first()
        if account is None:
            raise CommandError(f"There is no account with the address {options['email']}.")
        for factor in Authenticator.objects.filter(user=account):
            factor.delete()  # one by one: each is recorded, and told to the owner
        ended = end_sessions(account)
        self.stdout.write(f"{account.email}: second factors removed, {ended} sessions ended.")
