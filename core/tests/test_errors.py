import pickle

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal, with_values


class SiteIsClosed(Refusal):
    message = _("Site")
    code = "site_closed"
    default_field = "site"


def test_a_refusal_says_its_message() -> None:
    assert str(Refusal("The site is closed.")) == "The site is closed."


def test_a_subclass_states_message_code_and_field_once() -> None:
    refusal = SiteIsClosed()

    assert (str(refusal), refusal.code, refusal.field) == ("Site", "site_closed", "site")


def test_what_the_caller_says_comes_before_what_the_class_says() -> None:
    refusal = SiteIsClosed("Gone.", field="code", code="gone")

    assert (str(refusal), refusal.code, refusal.field) == ("Gone.", "gone", "code")


def test_one_refusal_does_not_change_the_next() -> None:
    SiteIsClosed("Gone.", code="gone")

    assert (str(SiteIsClosed()), SiteIsClosed().code) == ("Site", "site_closed")


def test_values_fill_the_message() -> None:
    assert str(Refusal("%(count)d of %(all)d", params={"count": 1, "all": 3})) == "1 of 3"


def test_a_message_without_values_may_hold_a_percent_sign() -> None:
    assert str(Refusal("100 % full")) == "100 % full"


@pytest.mark.parametrize(("language", "text"), [("de", "Ja"), ("fr", "Oui"), ("en", "Yes")])
def test_the_reader_gets_the_message_in_his_language(language: str, text: str) -> None:
    with translation.override("es"):
        refusal = Refusal(_("Yes"))

    with translation.override(language):
        assert str(refusal) == text


def test_a_message_with_values_is_translated_when_it_is_read() -> None:
    with translation.override("es"):
        text = with_values(_("Enter a number."), {"unused": 1})

    with translation.override("de"):
        assert str(text) == "Bitte eine Zahl eingeben."


def test_the_developer_sees_all_of_it() -> None:
    assert repr(SiteIsClosed()) == "SiteIsClosed('Site', field='site', code='site_closed')"


def test_a_refusal_travels_between_processes() -> None:
    arrived = pickle.loads(pickle.dumps(Refusal("Closed.", field="site", code="closed")))  # noqa: S301

    assert (str(arrived), arrived.field, arrived.code) == ("Closed.", "site", "closed")
