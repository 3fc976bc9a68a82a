import pytest
from django.db.models import TextChoices

from stations import vocabulary
from stations.vocabulary import ConnectorStandard, ConnectorState, SiteKind, SiteStatus

CHOICES = [item for item in vars(vocabulary).values() if isinstance(item, type) and issubclass(item, TextChoices)]
VOCABULARIES = [item for item in CHOICES if item is not TextChoices]


@pytest.mark.parametrize("choices", VOCABULARIES)
def test_values_fit_a_short_column(choices: type[TextChoices]) -> None:
    assert max(len(value) for value in choices.values) <= 20


@pytest.mark.parametrize("choices", VOCABULARIES)
def test_no_two_words_read_alike(choices: type[TextChoices]) -> None:
    assert len({str(label) for label in choices.labels}) == len(choices.values)


def test_connectors_are_in_the_nine_states_of_ocpp() -> None:
    assert set(ConnectorState.values) == {
        "Available",
        "Preparing",
        "Charging",
        "SuspendedEV",
        "SuspendedEVSE",
        "Finishing",
        "Reserved",
        "Unavailable",
        "Faulted",
    }


def test_there_are_three_kinds_of_site_and_four_statuses() -> None:
    assert SiteKind.values == ["charging_station", "distribution_centre", "member_store"]
    assert SiteStatus.values == ["planned", "open", "suspended", "closed"]


def test_the_two_chinese_connectors_are_told_apart() -> None:
    assert str(ConnectorStandard.GBT_AC.label) == "GB/T 20234.2 (AC)"
    assert str(ConnectorStandard.GBT_DC.label) == "GB/T 20234.3 (DC)"
