from decimal import Decimal

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, MoneyError, minor_unit, round_money

currencies = st.sampled_from(["CNY", "EUR", "GBP", "JPY", "KWD", "CLF"])
amounts = st.decimals(-(10**12), 10**12, places=6)
weights = st.lists(st.integers(0, 10**6) | st.decimals(0, 1000, places=3), min_size=1, max_size=12).filter(any)


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


@pytest.mark.parametrize(("currency", "places"), [("CNY", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, places: int) -> None:
    assert minor_unit(currency) == places


@pytest.mark.parametrize("currency", ["", "cny", "ZZZ", "XXX", "XAU", "€", "CN"])
def test_what_nobody_pays_in_is_no_currency(currency: str) -> None:
    with pytest.raises(MoneyError, match="not a currency of ISO 4217") as refusal:
        minor_unit(currency)

    assert refusal.value.code == "currency"


def test_of_all_listed_currencies_only_metals_and_units_of_account_are_refused() -> None:
    refused = set()
    for currency in pycountry.currencies:
        try:
            minor_unit(currency.alpha_3)
        except MoneyError:
            refused.add(currency.alpha_3)

    assert " ".join(sorted(refused)) == "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "CNY", "0.01"),
        ("0.0049999", "CNY", "0.00"),
        ("2.675", "EUR", "2.68"),
        ("2.5", "JPY", "3"),
        ("-2.5", "JPY", "-3"),
        ("1.0005", "KWD", "1.001"),
        ("7", "CNY", "7.00"),
        ("-0.001", "CNY", "0.00"),
    ],
)
def test_money_is_rounded_half_up_to_the_minor_unit(amount: str, currency: str, rounded: str) -> None:
    assert str(round_money(Decimal(amount), currency)) == rounded


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_not_finite_is_no_amount(amount: str) -> None:
    with pytest.raises(MoneyError, match="not an amount"):
        round_money(Decimal(amount), "CNY")
    with pytest.raises(MoneyError, match="not an amount"):
        Money(Decimal(amount), "CNY")


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError, match="not float"):
        Money(0.1, "CNY")  # type: ignore[arg-type]


def test_money_of_one_currency_adds_up() -> None:
    assert yuan("1.10") + yuan("2.20") - yuan("0.30") == yuan("3.00")


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_do_not_go_together(operation: str) -> None:
    with pytest.raises(MoneyError, match="CNY and EUR do not add up") as refusal:
        getattr(yuan("1"), operation)(Money(Decimal(1), "EUR"))

    assert refusal.value.code == "two_currencies"


def test_the_same_amount_of_another_currency_is_not_equal() -> None:
    assert yuan("1") != Money(Decimal(1), "EUR")


def test_money_and_a_bare_number_do_not_go_together() -> None:
    with pytest.raises(TypeError, match="not with Decimal"):
        yuan("1") + Decimal(1)  # type: ignore[operator]


def test_a_price_times_a_quantity_is_exact() -> None:
    assert yuan("0.8567") * Decimal("22.287") == yuan("19.0932729")
    assert 3 * yuan("1.10") == yuan("3.30")


def test_money_is_not_multiplied_by_a_float() -> None:
    with pytest.raises(TypeError, match="not by float"):
        yuan("1") * 0.1  # type: ignore[operator]


def test_amounts_of_one_currency_have_an_order() -> None:
    assert yuan("1") < yuan("2") <= yuan("2.00") < yuan("3")
    assert yuan("3") > yuan("2") >= yuan("2.0")


def test_the_total_of_nothing_is_nothing() -> None:
    assert Money.total([], "CNY") == Money.zero("CNY")
    assert Money.zero("CNY").is_zero


def test_the_total_refuses_another_currency() -> None:
    with pytest.raises(MoneyError, match="do not add up"):
        Money.total([Money(Decimal(1), "EUR")], "CNY")


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    assert yuan("1.00").allocate([1, 1, 1]) == [yuan("0.34"), yuan("0.33"), yuan("0.33")]
    assert yuan("0.05").allocate([3, 7]) == [yuan("0.02"), yuan("0.03")]
    assert Money(Decimal(-100), "JPY").allocate([1, 2]) == [Money(Decimal(-33), "JPY"), Money(Decimal(-67), "JPY")]


def test_a_part_without_weight_gets_nothing() -> None:
    assert yuan("0.01").allocate([0, 1, 0]) == [yuan("0"), yuan("0.01"), yuan("0")]


@pytest.mark.parametrize("wrong", [[], [0, 0], [1, -1], [Decimal("NaN")], [Decimal("Infinity"), 1]])
def test_weights_that_divide_nothing_are_refused(wrong: list[Decimal]) -> None:
    with pytest.raises(MoneyError, match="not negative and not all zero"):
        yuan("1").allocate(wrong)


def test_an_amount_finer_than_the_minor_unit_is_not_divided() -> None:
    with pytest.raises(MoneyError, match="whole minor units") as refusal:
        yuan("1.005").allocate([1, 1])

    assert refusal.value.code == "not_rounded"


@given(amounts, currencies)
def test_rounding_moves_an_amount_by_half_a_minor_unit_at_most(amount: Decimal, currency: str) -> None:
    assert abs(round_money(amount, currency) - amount) * 2 <= Decimal(1).scaleb(-minor_unit(currency))


@given(amounts, currencies)
def test_rounding_twice_is_rounding_once(amount: Decimal, currency: str) -> None:
    once = Money(amount, currency).rounded()

    assert once.rounded() == once
    assert once.is_rounded


@given(amounts, currencies)
def test_a_refund_undoes_its_charge_to_the_last_digit(amount: Decimal, currency: str) -> None:
    assert round_money(-amount, currency) == -round_money(amount, currency)


@given(amounts, amounts, currencies)
def test_rounding_keeps_the_order(one: Decimal, other: Decimal, currency: str) -> None:
    less, more = sorted([one, other])

    assert round_money(less, currency) <= round_money(more, currency)


@given(st.lists(amounts, max_size=20), currencies)
def test_a_total_does_not_depend_on_the_order(parts: list[Decimal], currency: str) -> None:
    forth = Money.total([Money(part, currency) for part in parts], currency)
    back = Money.total([Money(part, currency) for part in reversed(parts)], currency)

    assert forth == back


@given(amounts, amounts, currencies)
def test_taking_off_what_was_added_gives_the_amount_back(one: Decimal, other: Decimal, currency: str) -> None:
    money, more = Money(one, currency), Money(other, currency)

    assert money + more - more == money
    assert money + -money == Money.zero(currency)


@given(amounts, currencies, weights)
def test_the_parts_of_an_allocation_add_up(amount: Decimal, currency: str, shares: list[int | Decimal]) -> None:
    whole = Money(amount, currency).rounded()

    parts = whole.allocate(shares)

    assert Money.total(parts, currency) == whole
    assert len(parts) == len(shares)
    assert all(part.is_rounded for part in parts)


@given(amounts, currencies, weights)
def test_no_part_is_a_minor_unit_away_from_its_share(
    amount: Decimal, currency: str, shares: list[int | Decimal]
) -> None:
    whole = Money(amount, currency).rounded()
    total = sum(map(Decimal, shares))
    unit = Decimal(1).scaleb(-minor_unit(currency))

    for part, share in zip(whole.allocate(shares), shares, strict=True):
        assert abs(part.amount * total - whole.amount * Decimal(share)) < unit * total
