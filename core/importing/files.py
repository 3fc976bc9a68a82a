"""The file that was sent: taking it in, keeping it, opening it again, and letting it go."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path, PurePath
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from core.importing.limits import DEFAULT_LIMITS, Limits, megabytes
from core.importing.models import ImportRun
from core.importing.reading import Options, Table, UnreadableFile, open_table

_SPARE = 200_000_000
"""Bytes that stay free on the disk beside the file."""


class NoSpace(Refusal):
    """The disk is too full to take a file in."""

    code = "no-space"


class FileGone(Refusal):
    """The kept file of an old import was removed."""

    message = gettext_lazy("The file of this import is no longer kept.")
    code = "file-gone"


class Sent(Protocol):
    """What a form or a command hands over; a Django file is one."""

    name: str | None
    size: int

    def chunks(self) -> Iterable[bytes]: ...


def limits() -> Limits:
    """The bounds of this installation (setting IMPORT_MAX_BYTES)."""
    return replace(DEFAULT_LIMITS, file_size=settings.IMPORT_MAX_BYTES)


def keep_file(run: ImportRun, sent: Sent) -> None:
    """Store what was sent below the network's folder and note its size and SHA-256 in the (unsaved) run.

    Raises:
        UnreadableFile: the file is empty or larger than allowed; nothing is stored.
        NoSpace: the disk is nearly full.
    """
    _check_size(sent.size)
    _check_space(sent.size)
    digest = hashlib.sha256()
    for chunk in sent.chunks():
        digest.update(chunk)
    run.sha256, run.size = digest.hexdigest(), sent.size
    run.filename = PurePath(sent.name or "file").name[-255:]
    run.file.save(run.filename, sent, save=False)


def _check_size(size: int) -> None:
    if size == 0:
        raise UnreadableFile(_("The file is empty: it has 0 bytes."))
    if size > settings.IMPORT_MAX_BYTES:
        raise UnreadableFile(
            _("The file has %(size)s; at most %(limit)s are read.")
            % {"size": megabytes(size), "limit": megabytes(settings.IMPORT_MAX_BYTES)},
            advice=_("Split it into several files, for example by month, or compress it with gzip."),
        )


def _check_space(size: int) -> None:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root).free
    if free < size + _SPARE:
        raise NoSpace(
            _("The disk has %(free)s left, too little to take the file in. Ask the administrator to free some.")
            % {"free": megabytes(free)}
        )


def sent_file(path: Path, stream: IO[bytes]) -> Any:
    """A file on the disk as a form would hand it over."""
    return File(stream, name=path.name)


def open_run(run: ImportRun) -> Table:
    """The run's file as a table, read as the run says. Raises FileGone, UnreadableFile."""
    if not run.file or not run.file.storage.exists(run.file.name):
        raise FileGone
    return open_table(run.file.path, run.filename, overrides=Options.from_dict(run.reading), limits=limits())


def note_table(run: ImportRun, table: Table) -> None:
    """Keep in the run what was detected."""
    run.detected = asdict(table.detected)
    run.columns = list(table.columns)


def drop_file(run: ImportRun) -> None:
    """Remove the kept file; the run itself stays."""
    if run.file:
        run.file.delete(save=False)
        run.file = ""
