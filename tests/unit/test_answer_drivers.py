"""What moves a headline: shares against those known from the algebra, one input exactly 1, inputs without effect exactly 0."""

import math

import polars as pl
import pytest

from pipelines.estimators.answer_drivers import ANSWERS, FACTORS, PRIORS, TERMS, all_shares, answer_drivers, datum
from pipelines.schemas.tables.metrics_draws import MetricAnswerDriver

LOGNORMAL = {"factor_distribution": "lognormal", "factor_median": 1.0}
ERROR = 0.01


def factor(quantity: str, number: int, dim: str, sigma: float | None = None, **more: object) -> dict[str, object]:
    """One factor of a quantity."""
    empty = dict.fromkeys(("lower_end", "upper_end", "pareto_alpha", "pool_dim_id", "pool_from", "pool_to"))
    shape = {**LOGNORMAL, "sigma_low": sigma, "sigma_high": sigma, "power": 1, "is_complement": False}
    return {"quantity_id": quantity, "factor_no": number, "dim_id": dim, "member_id": "only", **empty, **shape, **more}


def fixed(quantity: str, number: int = 1, value: float = 1.0) -> dict[str, object]:
    """A factor without error."""
    return factor(quantity, number, "fixed", factor_distribution="fixed", factor_median=value)


def term(side: str, quantity: str, coefficient: int = 1) -> dict[str, object]:
    """One quantity on one side of the ratio."""
    return {"ratio_side": side, "quantity_id": quantity, "coefficient": coefficient}


def shares_of(factors: list[dict[str, object]], *terms: dict[str, object]) -> dict[str, tuple[float, float]]:
    """Shares of the one headline made of these terms."""
    return all_shares(factors, {"headline": list(terms)})["headline"]


ONE = fixed("claim:one")
PER_ONE = term("denominator", "claim:one")


def test_a_product_of_two_lognormals_splits_by_its_log_variances():
    found = shares_of(
        [factor("claim:a", 1, "small", 0.3), factor("claim:a", 2, "large", 0.6), ONE], term("numerator", "claim:a"), PER_ONE
    )
    for dim, share in (("small", 0.2), ("large", 0.8)):
        assert found[dim] == pytest.approx((share, share), abs=ERROR)
    assert sum(total for _, total in found.values()) >= 1


def test_a_headline_of_one_input_gives_it_exactly_all():
    assert shares_of([factor("claim:a", 1, "only", 0.4), ONE], term("numerator", "claim:a"), PER_ONE) == {"only": (1.0, 1.0)}
    floor = factor("claim:a", 1, "only", factor_distribution="pareto", lower_end=1.0, pareto_alpha=1.7)
    assert shares_of([floor, ONE], term("numerator", "claim:a"), PER_ONE) == {"only": (1.0, 1.0)}


def test_an_input_on_both_sides_cancels():
    rows = [factor("claim:a", 1, "shared", 0.5), factor("claim:b", 1, "shared", 0.5), factor("claim:b", 2, "own", 0.2)]
    found = shares_of(rows, term("numerator", "claim:a"), term("denominator", "claim:b"))
    assert found["own"] == (1.0, 1.0)
    assert found["shared"] == (0.0, 0.0)


def test_inputs_that_act_only_together_have_a_total_and_nothing_alone():
    centred = {"factor_distribution": "uniform", "lower_end": -1.0, "upper_end": 1.0, "sigma_low": None, "sigma_high": None}
    rows = [factor("claim:a", 1, "x", **centred), factor("claim:a", 2, "y", **centred), ONE]
    for alone, total in shares_of(rows, term("numerator", "claim:a"), PER_ONE).values():
        assert alone == pytest.approx(0, abs=2 * ERROR)
        assert total == pytest.approx(1, abs=2 * ERROR)


def test_a_sum_of_uniforms_splits_by_its_variances():
    wide = {"factor_distribution": "uniform", "lower_end": -1.0, "upper_end": 5.0}
    narrow = {"factor_distribution": "uniform", "lower_end": -1.0, "upper_end": 1.0}
    rows = [factor("claim:a", 1, "wide", **wide), factor("claim:b", 1, "narrow", **narrow), ONE]
    found = shares_of(rows, term("numerator", "claim:a"), term("numerator", "claim:b"), PER_ONE)
    assert found["wide"] == pytest.approx((0.9, 0.9), abs=ERROR)
    assert found["narrow"] == pytest.approx((0.1, 0.1), abs=ERROR)


def test_which_member_of_a_pool_is_right_is_an_input_too():
    picked = [
        factor(
            "cell:a", 1, f"group:{place}", factor_distribution="uniform", lower_end=end, upper_end=end + 0.5, member_id=str(place)
        )
        | {"pool_dim_id": "pool:a", "pool_from": place / 2, "pool_to": (place + 1) / 2}
        for place, end in enumerate((1.0, 100.0))
    ]
    found = shares_of([*picked, ONE], term("numerator", "cell:a"), PER_ONE)
    assert found["pool:a"][1] > 0.95


def test_first_never_passes_total_and_the_sums_are_on_their_side_of_one():
    rows = [
        factor("claim:a", 1, "a", 0.9),
        factor("claim:a", 2, "b", 0.5),
        factor("claim:b", 1, "c", 0.7),
        factor("claim:b", 2, "b", 0.5),
    ]
    found = shares_of(rows, term("numerator", "claim:a"), term("denominator", "claim:a"), term("denominator", "claim:b"))
    assert all(0 <= alone <= total for alone, total in found.values())
    assert sum(alone for alone, _ in found.values()) <= 1 + 1e-6
    assert sum(total for _, total in found.values()) >= 1 - 1e-6


def test_a_headline_without_error_has_no_driver_with_a_share():
    constant = factor("claim:a", 1, "none", 0.0)
    assert shares_of([constant, ONE], term("numerator", "claim:a"), PER_ONE) == {"none": (0.0, 0.0)}


def test_the_table_ranks_the_inputs_of_headlines_that_have_a_number():
    rows = [factor("claim:a", 1, "group:weak", 0.1), factor("claim:a", 2, "prior:strong", 0.8), ONE]
    answers = [
        {"answer_id": "known", "answer_p50": 1.0, "value_label": "estimate", "evidence_label": "accounting"},
        {"answer_id": "unknown", "answer_p50": None, "value_label": "estimate", "evidence_label": "accounting"},
    ]
    named = [{"answer_id": "known", **row} for row in (term("numerator", "claim:a"), PER_ONE)]
    frames = {
        FACTORS: pl.DataFrame(rows, infer_schema_length=None),
        TERMS: pl.DataFrame(named),
        ANSWERS: pl.DataFrame(answers),
        PRIORS: pl.DataFrame({"prior_id": ["strong"], "title": ["The strong prior"]}),
    }
    table = answer_drivers(frames)
    assert dict(table.schema) == dict(MetricAnswerDriver.schema())
    assert table.select("answer_id", "input_dim_id", "datum", "driver_rank").rows() == [
        ("known", "prior:strong", "The strong prior", 1),
        ("known", "group:weak", "The quantity behind the claims of the group 'weak'", 2),
    ]
    assert table["total_order"][0] == pytest.approx(0.64 / 0.65, abs=ERROR)
    assert math.isclose(table["first_order"].sum(), 1, abs_tol=ERROR)


@pytest.mark.parametrize(
    ("dim", "words"),
    [
        ("level:legal", "one shared error of its series"),
        ("envelope:legal", "only outer bounds are published"),
        ("factor:legal:usd", "The price in the channel 'legal'"),
        ("pool:smuggled", "independent estimates of the channel 'smuggled'"),
        ("prior:other", "other"),
    ],
)
def test_an_input_is_named_in_words(dim, words):
    assert words in datum(dim, {})
