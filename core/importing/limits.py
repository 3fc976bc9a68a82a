"""How much of a file is read at most, so that no file can take the machine's memory, disk or day."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from core.importing.errors import UnreadableFile

MEBIBYTE = 1024 * 1024
CHUNK = MEBIBYTE
"""Bytes read at once."""

# End of central directory record of a ZIP archive: PKWARE APPNOTE 6.3.10, section 4.3.16.
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Limits:
    """Bounds of one file; bytes unless said otherwise."""

    file_size: int = 100_000_000
    """Of the file as it was sent."""
    inflated: int = 1_000_000_000
    """Of everything that a compressed file becomes."""
    ratio: int = 250
    """Inflated size of a part of an archive to its packed size, for parts above `ratio_from`; sheets reach about 30."""
    ratio_from: int = 32 * MEBIBYTE
    parts: int = 10_000
    """Files inside of an archive."""
    columns: int = 1_000
    rows: int = 2_000_000
    """Rows of a file, empty ones included."""
    record: int = MEBIBYTE
    """Of one row of a text file, in characters."""
    strings: int = 96 * MEBIBYTE
    """Memory for the texts that the cells of a workbook share."""


DEFAULT_LIMITS = Limits()


def megabytes(size: int) -> str:
    """A size for people, in MB (10^6 bytes): "250 MB", "1.4 MB"."""
    return f"{size / 1e6:,.0f} MB" if size >= 10_000_000 else f"{size / 1e6:,.1f} MB"


def check_size(path: Path, limits: Limits) -> None:
    """Refuse an empty file and one that is larger than allowed. Raises UnreadableFile."""
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(
            _("The file is empty: it has 0 bytes."), advice=_("Save it again where it comes from and send it again.")
        )
    if size > limits.file_size:
        raise UnreadableFile(
            _("The file has %(size)s; at most %(limit)s are read.")
            % {"size": megabytes(size), "limit": megabytes(limits.file_size)},
            advice=_("Split it into several files, for example by month, or compress it with gzip."),
        )


class Inflated:
    """A stream that unpacks gzip as it is read and stops at the limit; raises UnreadableFile for a damaged archive."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._stream = gzip.open(path, "rb")  # noqa: SIM115  (closed by `close`)
        self._limit = limits.inflated
        self._total = 0

    def read(self, size: int = -1) -> bytes:
        try:
            # Never more than a chunk at once: `read()` of a bomb would hold all of it.
            data = self._stream.read(min(size, CHUNK) if size >= 0 else CHUNK)
        except (EOFError, zlib.error, OSError, ValueError) as error:
            raise damaged_archive() from error
        self._total += len(data)
        if self._total > self._limit:
            raise too_much_inside(self._total, self._limit)
        return data

    def close(self) -> None:
        self._stream.close()


@contextmanager
def open_bytes(path: Path, *, compressed: bool, limits: Limits) -> Iterator[IO[bytes] | Inflated]:
    """The file's content from its beginning, unpacked when it is gzip; only `read(size)` may be used."""
    stream: IO[bytes] | Inflated = Inflated(path, limits) if compressed else path.open("rb")
    try:
        yield stream
    finally:
        stream.close()


def chunks(stream: IO[bytes] | Inflated) -> Iterator[bytes]:
    """The stream in pieces of at most `CHUNK` bytes."""
    while data := stream.read(CHUNK):
        yield data


@contextmanager
def open_archive(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """A ZIP archive whose directory, declared sizes and ratios are within the limits. Raises UnreadableFile."""
    _check_directory(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive.infolist(), limits)
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, struct.error) as error:
        raise damaged_archive() from error


def _check_directory(path: Path, limits: Limits) -> None:
    """Count the archive's parts before its directory is loaded: a large one takes 0.5 kB of memory for each."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 0x10000 - _END_OF_DIRECTORY.size))
        tail = stream.read()
    found = tail.rfind(_END_SIGNATURE)
    if found < 0 or len(tail) - found < _END_OF_DIRECTORY.size:
        raise damaged_archive()
    parts = _END_OF_DIRECTORY.unpack_from(tail, found)[4]
    if parts > limits.parts:
        raise UnreadableFile(
            _("The archive holds more than %(limit)s files; this is not a spreadsheet.")
            % {"limit": f"{limits.parts:,}"},
            advice=_("Send the table itself as XLSX or CSV."),
        )


def _check_parts(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.parts:
        raise damaged_archive()
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise UnreadableFile(
                _("The file is protected by a password."), advice=_("Save it without a password and send it again.")
            )
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged_archive()
        if part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(1, part.compress_size):
            raise too_much_inside(part.file_size, limits.ratio * part.compress_size)
    total = sum(part.file_size for part in parts)
    if total > limits.inflated:
        raise too_much_inside(total, limits.inflated)


def read_part(archive: zipfile.ZipFile, name: str, limits: Limits) -> Iterator[bytes]:
    """One file of the archive in pieces; stops when more comes out than its directory declared."""
    declared = min(archive.getinfo(name).file_size, limits.inflated)
    total = 0
    try:
        with archive.open(name) as stream:
            while data := stream.read(CHUNK // 8):
                total += len(data)
                if total > declared:
                    raise too_much_inside(total, declared)
                yield data
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise damaged_archive() from error


def damaged_archive() -> UnreadableFile:
    """For an archive that ends early or does not match its check sums."""
    return UnreadableFile(
        _("The file is damaged: it cannot be unpacked to its end."),
        advice=_("Save or download it again and send the new copy."),
    )


def too_much_inside(size: int, limit: int) -> UnreadableFile:
    """For an archive that would become larger than any table that people send."""
    return UnreadableFile(
        _("The file unpacks to %(size)s or more; at most %(limit)s are read from it.")
        % {"size": megabytes(size), "limit": megabytes(limit)},
        advice=_("Nothing was read. Split the table into several files, for example by month."),
    )
