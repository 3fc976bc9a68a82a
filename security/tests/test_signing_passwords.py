"""What a password may be."""

from contextlib import suppress

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from security.models import Account
from security.signing.passwords import is_sequence, plain_forms

ROSA = Account(email="rosa.luz@harbour-city.example", name="Rosa Luzern")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one", "password_too_short"),
        ("x" * 6 + "y" * 6 + "ab" * 60, "password_too_long"),
        ("password1234", "password_common"),
        ("P4ssw0rd!!!!", "password_common"),
        ("passwordpassword", "password_common"),
        ("qwertyuiop123", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("123456789012", "password_common"),
        ("ChargeNet2026", "password_context"),
        ("ch4rg3n3t-2026", "password_context"),
        ("Rosa-Luzern-1", "password_context"),
        ("harbour-city-77", "password_context"),
        ("2026charging2026", "password_context"),
    ],
)
def test_what_is_guessed_first_is_refused(password, code):
    with pytest.raises(ValidationError) as caught:
        validate_password(password, ROSA)
    assert code in [error.code for error in caught.value.error_list]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "lantern-otter-glacier",
        "无轨电车与海上的风灯和旧雨伞",
        "  spaces at both ends  ",
        "no capitals no digits",
        "x7#Qm!29vLp@",
        "v" + "aeiouqrstz" * 12 + "pq9k",
    ],
)
def test_long_passwords_of_any_characters_are_taken(password):
    validate_password(password, ROSA)


def test_the_name_of_the_own_network_is_too_near(scoped):
    scoped.network.name = "Quetzalport"
    scoped.network.save()
    with pytest.raises(ValidationError) as caught:
        validate_password("Quetzalport#1", scoped.operator)
    assert [error.code for error in caught.value.error_list] == ["password_context"]


def test_the_name_of_another_network_says_nothing(scoped):
    """Otherwise the form would tell which networks there are."""
    scoped.other.name = "Quetzalport"
    scoped.other.save()
    validate_password("Quetzalport#1", scoped.operator)


def test_passwords_are_kept_as_argon2id(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert make_password("correct horse battery staple").startswith("argon2$argon2id$")


@given(st.text(max_size=140))
def test_any_text_is_judged_without_an_error(password):
    with suppress(ValidationError):
        validate_password(password, ROSA)


@given(st.sampled_from(["letmein", "dragon", "iloveyou"]), st.integers(0, 9999), st.booleans())
def test_a_common_password_with_digits_stays_common(word, digits, upper):
    password = f"{word.upper() if upper else word}{digits:04}{word if len(word) < 8 else ''}"
    assert word in plain_forms(f"{word}{digits:04}")
    with pytest.raises(ValidationError):
        validate_password(f"{word}{digits:08}", ROSA)
    assert not is_sequence(password)
