"""What a text file's bytes say about its encoding, its line ends and its damage; one pass over the whole file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from core.importing.errors import UnreadableFile
from core.importing.limits import Limits, megabytes

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OFFERED = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp932": "Shift JIS",
    "cp949": "Korean (949)",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp437": "DOS (437)",
    "cp850": "DOS (850)",
    "mac_roman": "Mac Roman",
    "utf-16": "UTF-16",
}
"""Encodings that people can choose, by Python's name."""

_DENSE = ["gb18030", "big5", "cp932", "cp949", "cp1251"]
_LATIN = ["cp1252", "cp1250"]
_OLD_LATIN = ["mac_roman", "cp850", "cp437"]
_ENOUGH = 60
"""High bytes from which words tell Western from Central European text."""
_SAMPLE = 256 * 1024
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_BELOW_A0 = re.compile(rb"[\x80-\x9f]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass
class TextFacts:
    """What one pass over the bytes found."""

    head: bytes = b""
    bom: str = ""
    size: int = 0
    is_utf8: bool = True
    first_bad_line: int = 0
    """Line of the first byte that is not UTF-8."""
    high: bytes = b""
    """The first lines with bytes above 127."""
    nul_line: int = 0
    longest: int = 0
    """Bytes of the longest line, to the accuracy of a chunk."""
    _lines: int = field(default=1, repr=False)
    _run: int = field(default=0, repr=False)


def scan(pieces: Iterator[bytes]) -> TextFacts:
    """Facts of a text file; constant memory. Raises nothing: the facts tell what is wrong."""
    facts = TextFacts()
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces:
        if not facts.size:
            facts.bom = next((name for mark, name in BOMS if piece.startswith(mark)), "")
        if len(facts.head) < _SAMPLE:
            facts.head += piece[: _SAMPLE - len(facts.head)]
        _check_utf8(facts, decoder, piece)
        _look_at_lines(facts, piece)
        facts.size += len(piece)
    _check_utf8(facts, decoder, b"", final=True)
    return facts


def _check_utf8(facts: TextFacts, decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> None:
    if facts.is_utf8:
        try:
            decoder.decode(piece, final=final)
        except UnicodeDecodeError as error:
            facts.is_utf8 = False
            facts.first_bad_line = facts._lines + piece[: error.start].count(b"\n")
    if not facts.is_utf8 and len(facts.high) < _SAMPLE // 4 and _HIGH_BYTE.search(piece):
        for line in piece.splitlines(keepends=True):
            if len(facts.high) < _SAMPLE // 4 and not line.isascii():
                facts.high += line[:2000]


def _look_at_lines(facts: TextFacts, piece: bytes) -> None:
    if not facts.nul_line and b"\0" in piece:
        facts.nul_line = facts._lines + piece[: piece.index(b"\0")].count(b"\n")
    facts._lines += piece.count(b"\n")
    first = min((at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0), default=-1)
    facts.longest = max(facts.longest, facts._run + (len(piece) if first < 0 else first))
    last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
    facts._run = facts._run + len(piece) if last < 0 else len(piece) - last - 1


def line_ends_of(text: str) -> str:
    """ "CRLF", "LF", "CR" or "mixed"; some strays inside of cells do not count; empty without any."""
    pairs = text.count("\r\n")
    counts = {"CRLF": pairs, "LF": text.count("\n") - pairs, "CR": text.count("\r") - pairs}
    name, most = max(counts.items(), key=lambda item: item[1])
    if not most:
        return ""
    return name if most >= 0.9 * sum(counts.values()) else "mixed"


def choose_encoding(facts: TextFacts, asked: str | None) -> str:
    """The name of the encoding to read with.

    Raises:
        UnreadableFile: not a text, or a text with damaged places.
    """
    wide = _known(asked) if asked else facts.bom or _without_bom(facts.head)
    if wide.startswith(("utf-16", "utf-32")):
        return wide
    if is_binary(facts.head):
        raise not_a_text()
    if facts.nul_line:
        raise nul_inside(facts.nul_line)
    if wide:
        return wide
    if facts.is_utf8:
        return "utf-8"
    _refuse_damaged_utf8(facts)
    return _guess(facts)


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise UnreadableFile(
            _("There is no encoding of the name “%(name)s”.") % {"name": name},
            advice=_("Choose one of: %(names)s.") % {"names": ", ".join(OFFERED.values())},
        ) from None


def _without_bom(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    sample = head[:4000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 8 and odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if half >= 8 and even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def is_binary(head: bytes) -> bool:
    """Whether bytes are no text: many control characters. UTF-16 must have been looked for before."""
    sample = head[:64_000]
    return len(_CONTROL.findall(sample)) > max(8, 0.005 * len(sample))


def not_a_text() -> UnreadableFile:
    """For a file that is no table in any form that is read here."""
    return UnreadableFile(
        _("The file is not a text and not a spreadsheet; it holds binary data."),
        advice=_("Send a table as CSV, XLSX or JSON."),
    )


def nul_inside(line: int) -> UnreadableFile:
    """For a text with the one character that no database takes."""
    return _damaged(line, _("The text is damaged: it holds a character (NUL) that no text has."))


def _damaged(line: int, problem: str) -> UnreadableFile:
    return UnreadableFile(
        problem, place=_("Line %(line)s") % {"line": line}, advice=_("Export the file again, or mend this line.")
    )


def _refuse_damaged_utf8(facts: TextFacts) -> None:
    """A file that is UTF-8 nearly everywhere is not read as something else: accents would come out as two signs."""
    sequences = _UTF8_SEQUENCE.findall(facts.high)
    strays = len(_HIGH_BYTE.findall(_UTF8_SEQUENCE.sub(b"", facts.high)))
    if len(sequences) >= 10 and len(sequences) > 9 * strays:
        raise _damaged(
            facts.first_bad_line, _("The text is UTF-8, but this line has bytes that are not; it was damaged or mixed.")
        )


def _guess(facts: TextFacts) -> str:
    """One of the usual encodings; Windows-1252 where Windows-1250 says the same.

    Letters with marks stand alone between plain letters in Latin text; in Chinese, Japanese, Korean and Cyrillic text
    nearly every byte is a high one. That tells the families apart before `charset_normalizer` looks at the words.
    """
    count = len(_HIGH_BYTE.findall(facts.high))
    if len(_ALONE.findall(facts.high)) < 0.6 * count:
        candidates = _DENSE
    elif len(_BELOW_A0.findall(facts.high)) > 0.5 * count:
        candidates = _OLD_LATIN
    else:
        candidates = _LATIN if count >= _ENOUGH else _LATIN[:1]
    best = from_bytes(facts.high, cp_isolation=candidates, threshold=0.5).best()
    if best is None:
        raise UnreadableFile(
            _("The encoding of the text was not recognised."),
            place=_("Line %(line)s") % {"line": facts.first_bad_line},
            advice=_("Choose the encoding, or save the file as UTF-8."),
        )
    return "cp1252" if best.encoding == "cp1250" and _same(facts.high, "cp1250", "cp1252") else best.encoding


def _same(sample: bytes, first: str, second: str) -> bool:
    return sample.decode(first, errors="replace") == sample.decode(second, errors="ignore")


def check_lines(facts: TextFacts, limits: Limits) -> None:
    """Refuse a text without line ends: it is no table, and one line of it might fill the memory."""
    if facts.longest > 4 * limits.record:
        raise UnreadableFile(
            _("A line of the file is longer than %(limit)s; it is no table of rows, or its line ends are missing.")
            % {"limit": megabytes(limits.record)},
            advice=_("Export it again as CSV with one row for each line."),
        )


def wrong_encoding(encoding: str, error: UnicodeError, line: int) -> UnreadableFile:
    """For text that the chosen encoding cannot decode."""
    name = OFFERED.get(encoding, encoding)
    return UnreadableFile(
        _("The text cannot be read as %(encoding)s (%(reason)s).")
        % {"encoding": name, "reason": getattr(error, "reason", str(error))},
        place=_("After line %(line)s") % {"line": line} if line else "",
        advice=_("Choose another encoding, or save the file as UTF-8."),
    )
