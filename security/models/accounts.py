"""Accounts: who signs in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from security.naming import record_name


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts by e-mail address."""

    @transaction.atomic
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """An account that can sign in with `email` and `password`; whoever calls this vouches for the address."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save()
        # Models of other apps can be imported only once all apps are loaded.
        from allauth.account.models import EmailAddress  # noqa: PLC0415

        EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """A platform administrator: may use the admin pages; sees no network's data by that."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "Account":
        """The account of an address in any case."""
        return self.get(email=(email or "").lower())


class Account(AbstractBaseUser, PermissionsMixin):
    """A person (or a program) that signs in. Rights come from assignments at places, never from the account."""

    global_reason = "One person may work for several networks; what the account may see is up to its assignments."

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin pages"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # Counts whatever changes what the account may do; a session that knows an older number gets a new key.
    rights_version = models.PositiveIntegerField(default=0, editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "email"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="account_email_any_case"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="account_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def record_words(self) -> str:
        """How a work record names the account: by its number, so that the person can be forgotten."""
        return record_name(self)

    def clean(self) -> None:
        """Addresses are kept in lower case: one person, one account."""
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        """The name as people write it."""
        return self.name

    def get_short_name(self) -> str:
        """The name as people say it."""
        return self.name.split(" ")[0] if self.name else self.email
