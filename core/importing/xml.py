"""Reading XML as a stream of starts, ends and texts, without document types and so without entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat  # safe here: document types are refused below, and with them every entity

from django.utils.translation import gettext as _

from core.importing.errors import UnreadableFile

Start = Callable[[str, dict[str, str]], object]
End = Callable[[str], object]
Text = Callable[[str], object]


def parse(pieces: Iterable[bytes], *, start: Start, end: End, text: Text, part: str) -> Iterator[None]:
    """Feed a part of a workbook to the handlers; yields after every piece, so that rows can be taken out.

    Names come with their prefix, as written. Raises UnreadableFile for XML that is broken or has a document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise UnreadableFile(
            _("The workbook is damaged: its part %(part)s is not well-formed.") % {"part": part},
            advice=_("Save it again in a spreadsheet program and send the new copy."),
        ) from error


def _refuse_doctype(*_declaration: object) -> None:
    raise UnreadableFile(
        _("The workbook declares a document type, which no spreadsheet program writes; it was not read."),
        advice=_("Save it again in a spreadsheet program and send the new copy."),
    )


def local(name: str) -> str:
    """The name without its prefix: "x:row" → "row"."""
    return name.rpartition(":")[2]
