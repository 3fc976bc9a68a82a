"""Roles at places: the Django groups, their object permissions and who is in them from when until when."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase

from core.history import TenantHistory
from core.tenancy.managers import TenantManager
from core.tenancy.models import TenantModel
from security.models.networks import Network
from security.roles import Role


class RoleGroup(Group):
    """The Django group of one role at one place (the network, or one of its sites)."""

    global_reason = "Django groups are global; this one names its network, and is only reached through assignments."

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="role_groups")
    role = models.CharField(_("role"), max_length=40, choices=Role.choices)
    place_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    place_id = models.BigIntegerField()
    place = GenericForeignKey("place_type", "place_id")

    objects: ClassVar[models.Manager["RoleGroup"]] = models.Manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("role at a place")
        verbose_name_plural = _("roles at places")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "role", "place_type", "place_id"], name="one_group_per_role_and_place"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_role_display())


class PlacePermissionManager(TenantManager):
    """The scoped manager, with what guardian asks of its own."""

    def is_generic(self) -> bool:
        """Permissions are kept by a direct foreign key to the place."""
        return False


class PlacePermission(TenantModel, GroupObjectPermissionBase):
    """Base of the guardian permission tables: a role group's permission on one place, by a direct foreign key."""

    objects = PlacePermissionManager()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save one permission (guardian checks that it is made for this kind of place)."""
        super().save(*args, **kwargs)


class NetworkPermission(PlacePermission):
    """A role group's permission on the whole network."""

    content_object = models.ForeignKey(
        Network, on_delete=models.CASCADE, related_name="role_permissions", db_index=False
    )

    class Meta(PlacePermission.Meta):
        constraints = [
            models.UniqueConstraint(fields=["network", "group", "permission"], name="network_permission_once"),
            models.CheckConstraint(
                condition=models.Q(content_object=models.F("network")), name="network_permission_on_itself"
            ),
        ]


class Source(models.TextChoices):
    """How an assignment came about. What made it by an appointment also ends it."""

    HAND = "hand", _("By hand")
    INVITATION = "invitation", _("Invitation")
    APPOINTMENT = "appointment", _("Appointment")


class AssignmentSpan(Func):
    """The time in which a role is held: [from, until)."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Assignment(TenantModel):
    """An account holds a role at a place from … until …. When it ends, the right is gone, at once.

    Those of one source never overlap: they are merged or refused. Those of different sources may, so that the end of an
    appointment does not take away what was given by hand.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("account")
    )
    group = models.ForeignKey(RoleGroup, on_delete=models.PROTECT, related_name="+", verbose_name=_("role"))
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.HAND)
    source_id = models.BigIntegerField(_("number of the source"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("given by"),
    )
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("withdrawn by"),
    )
    end_reason = models.CharField(_("reason of the end"), max_length=250, blank=True)

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("assignment")
        verbose_name_plural = _("people and roles")
        ordering = ["account__name", "begins_at"]
        indexes = [models.Index(fields=["network", "account", "group"], name="assignment_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")),
                name="assignment_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="assignments_never_overlap",
                expressions=[
                    (F("account"), RangeOperators.EQUAL),
                    (F("group"), RangeOperators.EQUAL),
                    (F("source"), RangeOperators.EQUAL),
                    (Coalesce(F("source_id"), Value(0)), RangeOperators.EQUAL),
                    (AssignmentSpan(F("begins_at"), F("ends_at"), Value("[)")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This role is held at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.group_id}"
