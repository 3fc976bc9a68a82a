"""Cutting a long document into runs of blocks that can be laid out one after the other.

A *block* is a piece of the flow that stays in one run: a paragraph, a heading, a figure, a row of a table (with the
rows that its spanning cells reach). `body`, `main`, `article`, `section`, tables and their bodies are opened; all else
is kept whole. A run carries copies of what its blocks stand in: styles hold and a table's head is repeated.

Elements marked `data-running` (heads and feet of pages, taken out of the flow by CSS) belong to every run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # building trees, not parsing

OPENED = frozenset({"body", "main", "article", "section", "table", "tbody"})
REPEATED_IN_TABLE = frozenset({"colgroup", "col", "thead", "tfoot"})
RUNNING = "data-running"
FOLIO = "folio"
CHARACTERS_PER_LINE = 95
LINES_PER_PAGE = 42.0
_LINES = {"h1": 3.0, "h2": 2.5, "h3": 2.0, "figure": 15.0, "img": 8.0, "{http://www.w3.org/2000/svg}svg": 14.0}


@dataclass(frozen=True)
class Block:
    """Neighbouring elements of one parent that stay together; `path` leads to them, from `body` on."""

    path: tuple[Element, ...]
    elements: tuple[Element, ...]
    lines: float

    @property
    def first(self) -> Element:
        return self.elements[0]


@dataclass(frozen=True)
class Flow:
    """A document taken apart. `running` belongs to every page, `blocks` are the text in its order."""

    root: Element
    body: Element
    running: tuple[Element, ...]
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> float:
        return sum(block.lines for block in self.blocks)

    @property
    def folios(self) -> tuple[Element, ...]:
        """What carries the page numbers."""
        return tuple(element for element in self.running if element.get(RUNNING) == FOLIO)

    @property
    def pages(self) -> float:
        """A rough estimate, good enough to choose between one run and several."""
        return self.lines / LINES_PER_PAGE


def take_apart(root: Element) -> Flow:
    """Finds the blocks of a parsed HTML document. The tree is left as it is."""
    body = root.find("body")
    if body is None:
        raise ValueError("the document has no body")
    running = tuple(child for child in body if child.get(RUNNING) is not None)
    blocks = tuple(_blocks(body, (body,)))
    return Flow(root=root, body=body, running=running, blocks=blocks)


def _blocks(parent: Element, path: tuple[Element, ...]) -> Iterator[Block]:
    rows = _rows_that_hold_together(parent) if parent.tag == "tbody" else [(child,) for child in parent]
    for elements in rows:
        element = elements[0]
        if not isinstance(element.tag, str) or element.get(RUNNING) is not None:
            continue
        if parent.tag == "table" and element.tag in REPEATED_IN_TABLE:
            continue
        if element.tag in OPENED and len(element):
            yield from _blocks(element, (*path, element))
        else:
            yield Block(path, elements, sum(_lines_of(one) for one in elements))


def _rows_that_hold_together(body: Element) -> list[tuple[Element, ...]]:
    """Rows of a table; those that a `rowspan` reaches stay with the row that it starts in."""
    groups: list[tuple[Element, ...]] = []
    open_for = 0
    for row in body:
        if open_for > 0:
            groups[-1] = (*groups[-1], row)
        else:
            groups.append((row,))
        spans = [int(cell.get("rowspan", "1")) for cell in row if cell.get("rowspan", "1").isdigit()]
        open_for = max(open_for - 1, max(spans, default=1) - 1)
    return groups


def _lines_of(element: Element) -> float:
    if element.tag == "tr":
        return 1.2 * max((_text_lines(cell, 24) for cell in element), default=1.0)
    known = _LINES.get(element.tag)
    if known is not None:
        return known
    drawings = sum(_LINES[child.tag] for child in element.iter() if child.tag in _LINES)
    rows = sum(1.2 for child in element.iter() if child.tag == "tr")
    return drawings + max(rows, _text_lines(element, CHARACTERS_PER_LINE))


def _text_lines(element: Element, width: int) -> float:
    length = sum(len(text.strip()) for text in element.itertext())
    return float(max(1, math.ceil(length / width)))


def run_of(
    flow: Flow, blocks: Sequence[Block], *, before: Block | None = None, lead: bool = False, folio: bool = False
) -> Element:
    """A document of its own with these neighbouring blocks; `before` is the block that they follow.

    With `lead` the run begins with an empty page (to be dropped), so that the style of first pages does not reach it.
    Without `folio` the page numbers are left out: they are stamped when all pages are known.
    """
    root, body = _frame(flow)
    body.extend(element for element in flow.running if folio or element not in flow.folios)
    opening: set[int] = set()
    if lead:
        body.append(Element("div", {"class": "paper-lead"}))
        # At a page border that the layout chose itself, the space above the first block is left out.
        opening = {id(step) for step in blocks[0].path}
        _add_class(blocks[0].first, "paper-first")
    begun = {id(step) for step in before.path} if before else set()
    copies: dict[int, Element] = {id(flow.body): body}
    for block in blocks:
        parent = body
        for step in block.path[1:]:
            if id(step) not in copies:
                copies[id(step)] = copy = _copy_of(step, continued=id(step) in begun)
                if id(step) in opening:
                    _add_class(copy, "paper-first")
                parent.append(copy)
            parent = copies[id(step)]
        parent.extend(block.elements)
    return root


def blank_pages(flow: Flow, count: int) -> Element:
    """A document of empty pages that carry the page numbers alone."""
    root, body = _frame(flow)
    body.extend(flow.folios)
    body.extend(Element("div", {"class": "paper-blank"}) for _ in range(count))
    return root


def _frame(flow: Flow) -> tuple[Element, Element]:
    """Copies of the root (with the head as it is) and of the body, still empty."""
    root, body = _shallow(flow.root), _shallow(flow.body)
    for child in flow.root:
        root.append(body if child is flow.body else child)
    return root, body


def _copy_of(container: Element, *, continued: bool) -> Element:
    """The copy of a container in a run. One that goes on from an earlier run keeps neither its name nor its text."""
    copy = _shallow(container)
    if continued:
        copy.text = None
        copy.attrib.pop("id", None)
        _add_class(copy, "paper-continued")
    if container.tag == "table":
        copy.extend(child for child in container if child.tag in REPEATED_IN_TABLE)
    return copy


def _add_class(element: Element, name: str) -> None:
    classes = element.get("class", "").split()
    if name not in classes:
        element.set("class", " ".join([*classes, name]))


def _shallow(element: Element) -> Element:
    copy = Element(element.tag, dict(element.attrib))
    copy.text = element.text
    return copy


def shares(blocks: Sequence[Block], count: int) -> list[Sequence[Block]]:
    """Cuts the blocks into `count` runs of about the same length, where possible before a section.

    The first page of a share is a new page, so the page before may be short: a section's start is the better place.
    """
    total = sum(block.lines for block in blocks)
    borders = [0]
    for number in range(1, count):
        border = _border_near(blocks, total * number / count, total / count * 0.15)
        if border > borders[-1]:
            borders.append(border)
    borders.append(len(blocks))
    return [blocks[start:end] for start, end in zip(borders, borders[1:], strict=False) if end > start]


def _border_near(blocks: Sequence[Block], wanted: float, tolerance: float) -> int:
    best, best_distance, best_opens = 0, math.inf, False
    passed = 0.0
    for index, block in enumerate(blocks):
        distance = abs(passed - wanted)
        opens = index > 0 and _opens_section(blocks[index - 1], block) and distance <= tolerance
        if (opens, -distance) > (best_opens, -best_distance):
            best, best_distance, best_opens = index, distance, opens
        passed += block.lines
    return best


def _opens_section(before: Block, block: Block) -> bool:
    sections = {id(step) for step in block.path if step.tag in {"section", "article"}}
    return not sections <= {id(step) for step in before.path}
