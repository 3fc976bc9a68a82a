"""The words by which files name kinds, states and services, in the languages of the product and of public registers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from core.importing.fields import MakeParser
from core.importing.values import ChoiceParser
from stations.vocabulary import (
    ChargerState,
    ChargingMethod,
    ConnectorStandard,
    Current,
    SiteKind,
    SiteService,
    SiteStatus,
)

_OTHER_WORDS: dict[type[TextChoices], dict[str, tuple[str, ...]]] = {
    SiteKind: {
        SiteKind.CHARGING_STATION: ("station", "charging", "充电站", "Ladestation"),
        SiteKind.DISTRIBUTION_CENTRE: ("distribution center", "depot", "centre", "center", "配送中心", "电池配送中心"),
        SiteKind.MEMBER_STORE: ("store", "shop", "会员店", "门店"),
    },
    SiteStatus: {
        SiteStatus.PLANNED: ("plan", "规划", "计划"),
        SiteStatus.OPEN: ("active", "in operation", "operating", "营业", "运营"),
        SiteStatus.SUSPENDED: ("paused", "暂停", "停用"),
        SiteStatus.CLOSED: ("shut", "关闭", "已关闭"),
    },
    SiteService: {
        SiteService.CHARGING: ("charge", "充电"),
        SiteService.RENTAL: ("rent", "租赁", "电池租赁"),
        SiteService.SWAP: ("battery swap", "swapping", "换电"),
        SiteService.RECYCLING: ("recycle", "回收"),
    },
    ChargingMethod: {
        ChargingMethod.AC: ("slow", "normal", "慢充", "交流"),
        ChargingMethod.DC: ("fast", "rapid", "快充", "直流"),
        ChargingMethod.BATTERY_RACK: ("rack",),
        ChargingMethod.SWAP_CABINET: ("cabinet", "换电柜"),
    },
    ChargerState: {},
    Current: {
        Current.AC_1_PHASE: ("ac 1 phase", "single phase", "1-phase"),
        Current.AC_3_PHASE: ("ac 3 phase", "three phase", "3-phase"),
    },
    ConnectorStandard: {
        ConnectorStandard.GBT_AC: ("GB/T 20234.2", "GB/T AC", "国标交流"),
        ConnectorStandard.GBT_DC: ("GB/T 20234.3", "GB/T DC", "国标直流"),
        ConnectorStandard.TYPE_1: ("Type 1", "J1772", "SAE J1772"),
        ConnectorStandard.TYPE_2: ("Type 2", "Mennekes", "Typ 2"),
        ConnectorStandard.TYPE_3: ("Type 3",),
        ConnectorStandard.CCS2: ("CCS", "CCS Combo 2", "Combo 2"),
        ConnectorStandard.CCS1: ("CCS Combo 1", "Combo 1"),
        ConnectorStandard.NACS: ("NACS", "SAE J3400", "J3400", "Tesla"),
        ConnectorStandard.SCHUKO: ("Schuko", "CEE 7/3"),
        ConnectorStandard.BS_1363: ("BS 1363",),
        ConnectorStandard.CEE_3: ("CEE 3",),
        ConnectorStandard.CEE_5: ("CEE 5",),
    },
}


@dataclass(frozen=True)
class WordParser:
    """One of the words of a vocabulary: its value, its label in the reader's language, or another word for it."""

    vocabulary: type[TextChoices]

    def __call__(self, text: str, column: str = "") -> Any:
        words = _OTHER_WORDS[self.vocabulary]
        known = ChoiceParser({one.value: (str(one.label), *words.get(one.value, ())) for one in self.vocabulary})
        return known(text, column)


def word(vocabulary: type[TextChoices]) -> MakeParser:
    """A word of `vocabulary`; every text is looked up once."""

    def make(reading: Any) -> Any:
        return _remembering(WordParser(vocabulary))

    return make


def words(vocabulary: type[TextChoices]) -> MakeParser:
    """Several words of `vocabulary` with commas, semicolons or bars between, in the vocabulary's order."""

    def make(reading: Any) -> Any:
        one = _remembering(WordParser(vocabulary))

        def parse(text: str, column: str = "") -> list[Any]:
            found = {one(part, column) for part in re.split(r"[,;|/+、，；]", text) if part.strip()}
            return [choice.value for choice in vocabulary if choice.value in found]

        return parse

    return make


def _remembering(parse: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
    known: dict[str, Any] = {}

    def look(text: str, column: str = "") -> Any:
        if text not in known:
            if len(known) > 1_000:
                known.clear()
            known[text] = parse(text, column)
        return known[text]

    return look
