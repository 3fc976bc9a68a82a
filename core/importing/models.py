"""Imports: what was sent, how it is read, what came of it, and what is kept to undo it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from core.jobs.models import Job
from core.tenancy.models import TenantForeignKey, TenantModel

UNDO_FOR = timedelta(hours=24)
"""How long an import can be taken back."""


class ImportState(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("Uploaded")
    MAPPED = "mapped", _("Columns chosen")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    APPLYING = "applying", _("Being imported")
    APPLIED = "applied", _("Imported")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class IssueKind(models.TextChoices):
    """What an issue means for its row."""

    WRONG = "wrong", _("Wrong")
    ASIDE = "aside", _("Set aside")
    NOTED = "noted", _("Noted")


class ChangeKind(models.TextChoices):
    """What an import did to rows of a model."""

    MADE = "made", _("Made")
    CHANGED = "changed", _("Changed")


def upload_path(run: ImportRun, filename: str) -> str:
    """Where the files of an import are kept: below the network's own folder, under a name nobody can guess."""
    return f"{run.network_id}/imports/{uuid4().hex}/{PurePath(filename).name[-100:]}"


class ImportRun(TenantModel):
    """One import of one file."""

    number = CodeField(_("number"), editable=False)
    importer = models.CharField(_("importer"), max_length=60)
    source_name = models.CharField(_("source"), max_length=80)
    filename = models.CharField(_("file"), max_length=255)
    file = models.FileField(_("kept file"), upload_to=upload_path, max_length=300, blank=True)
    sha256 = models.CharField(_("check sum"), max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    reading = models.JSONField(_("how the file is read"), default=dict)
    detected = models.JSONField(_("what was detected"), default=dict)
    columns = models.JSONField(_("columns"), default=list)
    mapping = models.JSONField(_("columns chosen"), default=dict)
    options = models.JSONField(_("options"), default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    skip_wrong = models.BooleanField(_("leave out wrong rows"), default=False)
    counts = models.JSONField(_("counts"), default=dict)
    figures = models.JSONField(_("figures"), default=list)
    issue_count = models.PositiveBigIntegerField(_("remarks"), default=0)
    error = models.TextField(_("error"), blank=True)
    job = TenantForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("job"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("imported by")
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    created_at = models.DateTimeField(_("uploaded at"))
    checked_at = models.DateTimeField(_("checked at"), null=True)
    applied_at = models.DateTimeField(_("imported at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["network", "number"], name="importrun_number")]
        indexes = [models.Index(fields=["network", "importer", "-id"], name="importrun_newest")]

    def __str__(self) -> str:
        return f"{self.number} {self.filename}"

    @property
    def wrong(self) -> int:
        """Rows that the check found wrong."""
        return int(self.counts.get("wrong", 0))

    @property
    def left_out(self) -> int:
        """Rows that are wrong or were set aside."""
        return self.wrong + int(self.counts.get("aside", 0))

    @property
    def undo_until(self) -> datetime | None:
        """Until when the import can be undone; None when it was not applied."""
        return None if self.applied_at is None else self.applied_at + UNDO_FOR

    @property
    def total(self) -> int:
        """All rows of the file."""
        return sum(int(self.counts.get(name, 0)) for name in ("new", "changed", "unchanged", "aside", "wrong"))


class ImportMapping(TenantModel):
    """How the files of one source are read: remembered from the last one."""

    importer = models.CharField(_("importer"), max_length=60)
    source_name = models.CharField(_("source"), max_length=80)
    mapping = models.JSONField(_("columns chosen"), default=dict)
    options = models.JSONField(_("options"), default=dict, encoder=DjangoJSONEncoder)
    reading = models.JSONField(_("how the file is read"), default=dict)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta(TenantModel.Meta):
        verbose_name = _("remembered mapping")
        verbose_name_plural = _("remembered mappings")
        constraints = [
            models.UniqueConstraint(fields=["network", "importer", "source_name"], name="importmapping_source")
        ]

    def __str__(self) -> str:
        return f"{self.importer}: {self.source_name}"


class ImportIssue(TenantModel):
    """One remark about one cell or row: why it is wrong or was set aside, or what is odd about one that was taken."""

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="issues")
    # Place of the row in the whole file, from 1; row numbers begin anew in every sheet.
    ordinal = models.PositiveIntegerField()
    row_number = models.PositiveIntegerField(_("row"))
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    column = models.CharField(_("column"), max_length=200, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=5, choices=IssueKind.choices)
    reason = models.CharField(_("reason"), max_length=60)
    message = models.TextField(_("message"))

    class Meta(TenantModel.Meta):
        verbose_name = _("remark of an import")
        verbose_name_plural = _("remarks of imports")
        ordering = ["ordinal", "id"]
        indexes = [models.Index(fields=["network", "run", "ordinal", "id"], name="importissue_run")]

    def __str__(self) -> str:
        return f"{self.row_number}: {self.message}"


class ImportChange(TenantModel):
    """What an import did to some rows of one model; kept for the undo and dropped when its time is over."""

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=100)
    kind = models.CharField(max_length=7, choices=ChangeKind.choices)
    ids = models.JSONField()
    # Values before the import by id, as JSON of the table's columns; only for changed rows.
    before = models.JSONField(default=dict)
    # The transactions (xmin) that wrote the rows as the import left them; any other has changed a row since.
    written_by = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        verbose_name = _("change of an import")
        verbose_name_plural = _("changes of imports")
        ordering = ["id"]
        indexes = [models.Index(fields=["network", "run", "id"], name="importchange_run")]

    def __str__(self) -> str:
        return f"{self.kind} {self.model}: {self.count}"

    @property
    def count(self) -> int:
        """Number of rows."""
        ids: list[Any] = self.ids
        return len(ids)
