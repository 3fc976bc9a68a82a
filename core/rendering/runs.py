"""Laying out one share of a long document run by run, in little memory.

A run is about twenty pages. All but its end is final: what stands after the last page border that falls between two
blocks begins the next run, so that inside a share every page is as full as if all had been laid out in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element  # building trees, not parsing

from core.rendering import splitting

RUN_PAGES = 20
FIRST_RUN_PAGES = 12


@dataclass
class Run:
    """A laid out piece of the document, and its pages that are final."""

    document: Any
    pages: Sequence[Any]

    def forget(self) -> None:
        """Lets the layout go; it is large."""
        self.document, self.pages = None, ()


def runs_of(flow: splitting.Flow, lay_out: Callable[[Element], Any], *, begins: bool) -> Iterator[Run]:
    """Lays out the blocks of a share, run after run. `begins`: the share's first page is the document's first."""
    blocks = flow.blocks
    lines = FIRST_RUN_PAGES * splitting.LINES_PER_PAGE
    start = 0
    while start < len(blocks):
        end = _reach(blocks, start, lines)
        first = begins and start == 0
        before = blocks[start - 1] if start else None
        document = lay_out(splitting.run_of(flow, blocks[start:end], before=before, lead=not first))
        pages = document.pages if first else document.pages[1:]
        whole, kept = (len(pages), end - start) if end == len(blocks) else _final(pages, blocks[start:end])
        if kept == 0:
            # Not one border between blocks: a block of many pages. Take it together with more of what follows.
            lines *= 2
            continue
        lines = RUN_PAGES * sum(block.lines for block in blocks[start:end]) / len(pages)
        start += kept
        run = Run(document, pages[:whole])
        # The layout is large: nothing here may keep it alive while the next one grows.
        del document, pages
        yield run


def _reach(blocks: Sequence[splitting.Block], start: int, lines: float) -> int:
    """The end of a run that begins at `start` and is about so many lines long."""
    end, taken = start, 0.0
    while end < len(blocks) and (taken < lines or end == start):
        taken += blocks[end].lines
        end += 1
    return end


def _final(pages: Sequence[Any], blocks: Sequence[splitting.Block]) -> tuple[int, int]:
    """How many pages, and how many blocks on them, are final: up to the last page that begins with a new block."""
    numbers = {id(element): number for number, block in enumerate(blocks) for element in block.elements}
    on_page = [_numbers_on(page, numbers) for page in pages]
    for index in range(len(pages) - 1, 0, -1):
        here = on_page[index]
        if here and min(here) > max((max(before) for before in on_page[:index] if before), default=-1):
            return index, min(here)
    return 0, 0


def _numbers_on(page: Any, numbers: dict[int, int]) -> set[int]:
    """Which blocks have a part on a page.

    Found by the boxes of the layout: names to find them by (`id`, `Page.anchors`) would give every row styles of its
    own, which takes half as long again.
    """
    boxes = page._page_box.descendants()
    return {numbers[id(box.element)] for box in boxes if box.element is not None and id(box.element) in numbers}
