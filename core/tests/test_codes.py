import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import NoReverseMatch, Resolver404, URLPattern, path
from django.urls.converters import get_converters
from django.urls.resolvers import RoutePattern, URLResolver
from hypothesis import given
from hypothesis import strategies as st

from core.codes import MAX_LENGTH, CodeConverter, CodeField, normalise_code, suggest_code, validate_code

codes = st.from_regex(r"[A-Z0-9][A-Z0-9._-]{0,39}", fullmatch=True)


@pytest.mark.parametrize("code", ["A", "7", "ST-014", "DE_1.5", "X" * MAX_LENGTH])
def test_letters_digits_and_three_signs_make_a_code(code: str) -> None:
    validate_code(code)

    assert normalise_code(code) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "..",
        "-A",
        "_A",
        "A B",
        "A/B",
        "A?B",
        "A%2F",
        "X" * (MAX_LENGTH + 1),
        "Ä",
        "СТ-1",
        "站-1",
        "ı",
        "A\n",
    ],
)
def test_anything_else_is_no_code(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_code(text)

    assert refusal.value.code == "invalid_code"


@pytest.mark.parametrize("text", ["", "..", "A/B", "СТ-1", "站-1", "ı1", "ß", "ﬀ x"])
def test_what_cannot_become_a_code_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a code"):
        normalise_code(text)


@pytest.mark.parametrize(
    ("typed", "code"), [(" st-014 ", "ST-014"), ("ｓｔ－０１４", "ST-014"), ("a.b_c", "A.B_C"), ("X\n", "X")]
)
def test_what_people_type_gets_the_one_form(typed: str, code: str) -> None:
    assert normalise_code(typed) == code


def test_lower_case_is_not_the_stored_form() -> None:
    with pytest.raises(ValidationError):
        validate_code("st-014")


@given(st.text(max_size=50))
def test_a_text_is_a_code_after_normalising_or_refused(text: str) -> None:
    try:
        code = normalise_code(text)
    except ValidationError:
        return
    validate_code(code)
    assert normalise_code(code) == code


def test_the_converter_is_registered() -> None:
    assert isinstance(get_converters()["code"], CodeConverter)


def resolver() -> URLResolver:
    patterns: list[URLPattern] = [
        path("sites/new/", lambda request: None, name="new"),
        path("sites/<code:code>/", lambda request, code: None, name="site"),
    ]
    return URLResolver(RoutePattern(""), patterns)


def test_a_url_takes_either_case_and_gives_upper_case() -> None:
    assert resolver().resolve("sites/st-014/").kwargs == {"code": "ST-014"}


def test_a_url_is_written_in_upper_case() -> None:
    assert resolver().reverse("site", "st-014") == "sites/ST-014/"


def test_a_site_called_new_does_not_hide_the_page_new() -> None:
    assert resolver().resolve("sites/new/").url_name == "new"
    assert resolver().resolve(resolver().reverse("site", "NEW")).kwargs == {"code": "NEW"}


@pytest.mark.parametrize("bad", ["sites/../", "sites/a b/", "sites//", f"sites/{'a' * 41}/", "sites/-a/"])
def test_a_url_with_no_code_leads_nowhere(bad: str) -> None:
    with pytest.raises(Resolver404):
        resolver().resolve(bad)


def test_no_url_is_made_of_what_is_no_code() -> None:
    with pytest.raises(NoReverseMatch):
        resolver().reverse("site", "a/b")


@given(codes)
def test_every_code_has_a_url_that_leads_back(code: str) -> None:
    assert resolver().resolve(resolver().reverse("site", code)).kwargs == {"code": code}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Lochee Charging Hub", "LOCHEE-CHARGING-HUB"),
        ("  Straße des 17. Juni ", "STRASSE-DES-17-JUNI"),
        ("Café Ørsted", "CAFE-ORSTED"),
        ("深圳北站", "X"),
        ("深圳 A12", "A12"),
        ("---", "X"),
        ("A" * 60, "A" * MAX_LENGTH),
    ],
)
def test_a_suggested_code_resembles_the_name(name: str, code: str) -> None:
    assert suggest_code(name, set()) == code


def test_a_taken_code_gets_a_number() -> None:
    assert suggest_code("Trades Lane", {"TRADES-LANE", "TRADES-LANE-2"}) == "TRADES-LANE-3"


def test_a_number_finds_room_at_the_end_of_a_long_name() -> None:
    assert suggest_code("A" * 60, {"A" * MAX_LENGTH}) == "A" * (MAX_LENGTH - 2) + "-2"


def test_a_name_without_letters_gets_the_fallback() -> None:
    assert suggest_code("深圳北站", {"ST"}, fallback="st") == "ST-2"


@given(st.text(max_size=80), st.sets(codes, max_size=5))
def test_a_suggestion_is_a_free_code(name: str, taken: set[str]) -> None:
    first = suggest_code(name, taken)
    second = suggest_code(name, taken | {first})

    validate_code(first)
    validate_code(second)
    assert first not in taken
    assert second not in taken | {first}


def field() -> CodeField:
    made = CodeField()
    made.set_attributes_from_name("code")
    return made


def test_a_code_field_cleans_what_is_typed() -> None:
    assert field().clean(" st-014 ", None) == "ST-014"


def test_a_code_field_refuses_what_is_no_code() -> None:
    with pytest.raises(ValidationError, match="is not a code"):
        field().clean("a/b", None)


def test_a_code_field_looks_for_the_stored_form() -> None:
    assert field().get_prep_value(" st-014 ") == "ST-014"
    assert field().get_prep_value(None) is None


def test_a_code_field_keeps_the_object_in_step_with_its_row() -> None:
    class Thing:
        code = " st-014 "

    thing = Thing()

    assert field().pre_save(thing, add=True) == "ST-014"
    assert thing.code == "ST-014"


def test_a_code_field_has_room_for_a_code() -> None:
    assert isinstance(field(), models.CharField)
    assert field().max_length == MAX_LENGTH


def test_a_code_field_is_rebuilt_by_a_migration() -> None:
    _name, where, arguments, keywords = field().deconstruct()

    assert where == "core.codes.CodeField"
    assert CodeField(*arguments, **keywords).max_length == MAX_LENGTH
