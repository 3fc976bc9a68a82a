"""Are the kept sets as they were made?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from security.models import RecordSet
from security.record_sets.actions import checksum_of
from security.recording.verifying import EDITED, REMOVED, Finding


def wrong_sets() -> list[Finding]:
    """What is wrong with the sets of the network in scope: changed figures or prints, numbers that are gone."""
    return list(_wrong())


def _wrong() -> Iterator[Finding]:
    numbers: dict[str, list[int]] = {}
    for made in RecordSet.objects.order_by("pk").iterator(chunk_size=20):
        if checksum_of(made.figures) != made.figures_sha256:
            yield Finding(EDITED, None, [], f"The figures of work record set {made.number} were changed.")
        if hashlib.sha256(bytes(made.pdf)).hexdigest() != made.pdf_sha256:
            yield Finding(EDITED, None, [], f"The print of work record set {made.number} was changed.")
        series, _dash, number = made.number.rpartition("-")
        numbers.setdefault(series, []).append(int(number))
    for series, found in numbers.items():
        for number in sorted(set(range(1, max(found) + 1)) - set(found)):
            yield Finding(REMOVED, None, [], f"Work record set {series}-{number:06d} is gone.")
