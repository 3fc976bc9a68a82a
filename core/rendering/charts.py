"""Drawing charts, in the helper process: Vega-Lite specifications in, SVG out."""

from __future__ import annotations

import json

import vl_convert

from core.rendering import wire
from core.rendering.jobs import Ask, JobFailed

VEGA_LITE = "6.1"


def handle(header: wire.Header, body: bytes, ask: Ask) -> tuple[wire.Header, bytes]:
    """The body is a JSON list of specifications; the answer's body is a JSON list of SVG texts in the same order."""
    drawings = []
    for position, spec in enumerate(json.loads(body)):
        try:
            # No address is allowed: a specification carries its own data.
            drawings.append(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))
        except ValueError as error:
            raise JobFailed(f"chart {position + 1} cannot be drawn: {_first_lines(str(error))}", "spec") from error
    return {}, json.dumps(drawings).encode()


def _first_lines(text: str) -> str:
    return " ".join(text.split("\n")[:3])[:400]
