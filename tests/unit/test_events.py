"""The glue of event studies on made-up lanes: every estimator gives its row, finds what was planted, or says why not."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.event_lanes import rule_doses
from pipelines.estimators.event_placebos import event_placebos
from pipelines.estimators.event_window import Window
from pipelines.estimators.events import event_bands, event_fits, event_joints
from pipelines.schemas.table import table
from pipelines.schemas.tables.catalog import declared_tables

declared_tables()
FIRST, N_PRE, N_POST = 12 * 2020, 36, 8
MONTHS = [date(number // 12, number % 12 + 1, 1) for number in range(FIRST, FIRST + N_PRE + 1 + N_POST)]
ROLES = ["pre"] * N_PRE + ["partial"] + ["post"] * N_POST
SHIFT = -0.7
LANES = ("a_x", "a_y", "a_z", "a_w", "b_x", "b_y", "b_z", "b_w")


def noise(seed: int, scale: float = 0.05) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, scale, len(MONTHS))


def lane(seed: int, shift: float = 0.0, scale: float = 0.05) -> list[float]:
    season = 0.2 * np.sin(2 * np.pi * np.arange(len(MONTHS)) / 12)
    step = np.array([shift if role == "post" else 0.0 for role in ROLES])
    return list(np.exp(10 + season + step + noise(seed, scale)))


def design(estimator: str, **changed: object) -> dict[str, object]:
    row = {
        "design_id": "design",
        "event_rule_ids": "rule",
        "treated_ids": "a_x",
        "control_near_ids": "a_y;a_z",
        "control_far_ids": "a_w",
        "estimator": estimator,
        "seasonal_terms": "harmonics",
        "pre_months": N_PRE,
        "post_months": N_POST,
    }
    return {**row, **changed}


def frames(
    row: dict[str, object],
    values: dict[str, list[float | None]],
    standing: str = "apart",
    other: str = "other",
    other_bite: date = MONTHS[20],
) -> dict[str, pl.DataFrame]:
    """Tables as SQL would make them of one design whose series have these values."""
    outcomes = pl.DataFrame(
        [
            {"outcome_id": name, "month": month, "value": one}
            for name, series in values.items()
            for month, one in zip(MONTHS, series, strict=True)
        ],
        schema={"outcome_id": pl.String, "month": pl.Date, "value": pl.Float64},
    )
    lanes = [
        {"outcome_id": n, "reporter_iso3": "KOR", "partner_isos": n[-1], "plus_codes": n[0], "minus_codes": None} for n in LANES
    ]
    dose = [0.0] * N_PRE + [0.5] + [1.0] * N_POST
    made = {
        "tidy.event_design": pl.DataFrame([row]),
        "tidy.outcome_series": pl.DataFrame(lanes),
        "core.fact_rule_change": pl.DataFrame(
            {"rule_id": ["rule", "other"], "bite_date": [MONTHS[N_PRE], MONTHS[20]], "ended_date": [None, None]},
            schema={"rule_id": pl.String, "bite_date": pl.Date, "ended_date": pl.Date},
        ),
        "metrics.metric_outcome_month": outcomes,
        "metrics.metric_event_month": pl.DataFrame(
            {"design_id": row["design_id"], "month": MONTHS, "month_role": ROLES, "dose": dose}
        ),
        "metrics.metric_event_standing": pl.DataFrame({"design_id": [row["design_id"]], "event_standing": [standing]}),
        "metrics.metric_event_gap": pl.concat(gap(row, values, name) for name in ("near", "far") if row[f"control_{name}_ids"])
        if row["control_near_ids"]
        else gap(row, values, "none"),
        "metrics.metric_event_overlap": pl.DataFrame(schema={"design_id": pl.String, "bite_date": pl.Date}),
        "metrics.metric_rule_dose": pl.concat([doses("rule", MONTHS[N_PRE]), doses(other, other_bite)]),
    }
    return with_results(made)


def doses(rule_id: str, bite: date) -> pl.DataFrame:
    """A rule that bites on the first of a month."""
    return pl.DataFrame({"rule_id": rule_id, "month": MONTHS, "dose": [float(month >= bite) for month in MONTHS]})


def with_results(made: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The same with what later estimators read of earlier ones."""
    made["metrics.metric_event_joint"] = event_joints(made)
    made["metrics.metric_event_fit"] = event_fits(made)
    return made


def gap(row: dict[str, object], values: dict[str, list[float | None]], control_set: str) -> pl.DataFrame:
    def logs(names: object) -> np.ndarray:
        chosen = [values.get(name, [None] * len(MONTHS)) for name in str(names).split(";")]
        return np.array([[np.log(one) if one else np.nan for one in series] for series in chosen]).mean(axis=0)

    y = logs(row["treated_ids"]) - (0 if control_set == "none" else logs(row[f"control_{control_set}_ids"]))
    zero = any(one == 0 for series in values.values() for one in series)
    return pl.DataFrame(
        {
            "design_id": row["design_id"],
            "control_set": control_set,
            "month": MONTHS,
            "gap_log": pl.Series(y, nan_to_null=True),
            "absence_reason": [None if np.isfinite(one) else "zero" if zero else "missing" for one in y],
        }
    )


def world(shift: float = SHIFT) -> dict[str, list[float | None]]:
    return {name: lane(place, shift if name == "a_x" else 0.0) for place, name in enumerate(LANES)}


@pytest.mark.parametrize(
    ("row", "margin"),
    [
        (design("did"), 0.06),
        (design("interrupted_series", control_near_ids=None, control_far_ids=None), 0.12),
        (design("quasi_poisson", control_near_ids=None, control_far_ids=None), 0.08),
        (design("synthetic_control", control_near_ids="a_y;a_z;a_w;b_x;b_y;b_z", control_far_ids=None), 0.1),
        (design("synthetic_did", control_near_ids="a_y;a_z;a_w;b_x;b_y;b_z", control_far_ids=None), 0.1),
        (design("ppml", control_near_ids=";".join(LANES[1:]), control_far_ids=None), 0.1),
        (design("joint_dose", event_rule_ids="rule;other", control_far_ids=None), 0.15),
        (design("staggered_did", event_rule_ids="rule;rule", treated_ids="a_x;b_x", control_near_ids="a_y;b_y;a_z;b_z"), 0.2),
    ],
    ids=lambda value: value["estimator"] if isinstance(value, dict) else "",
)
def test_each_estimator_finds_a_planted_change(row, margin):
    values = world()
    if row["estimator"] == "staggered_did":
        values["b_x"] = lane(40, SHIFT)
    found = event_fits(frames(row, values))
    assert dict(found.schema) == dict(table("metrics.metric_event_fit").schema())
    main = found.filter(pl.col("control_set") != "far").row(0, named=True)
    assert main["absence_reason"] is None
    assert main["estimate_log"] == pytest.approx(SHIFT, abs=margin)
    if row["estimator"] != "synthetic_control":  # whose only inference is its rank among donors
        assert main["ci_low"] < SHIFT + margin
        assert main["ci_high"] > SHIFT - margin


def test_far_controls_are_estimated_beside_the_near_ones():
    found = event_fits(frames(design("did"), world()))
    assert found["control_set"].to_list() == ["near", "far"]
    assert found["estimate_log"][1] == pytest.approx(SHIFT, abs=0.1)


def test_the_plain_estimate_is_the_difference_of_cell_means():
    given = frames(design("did"), world())
    y = given["metrics.metric_event_gap"].filter(pl.col("control_set") == "near")["gap_log"].to_numpy()
    roles = np.array(ROLES)
    plain = event_fits(given)["plain_log"][0]
    assert plain == pytest.approx(y[roles == "post"].mean() - y[roles == "pre"].mean(), abs=1e-12)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"a_x": None}, "no_data"),
        ({"a_y": None, "a_z": None}, "no_data"),
        ({"a_x": [0.0, *lane(0)[1:]]}, "zeros_in_series"),
        ({"a_x": [*lane(0)[:-7], *[None] * 7]}, "too_short"),
        ({"a_x": [*[None] * 31, *lane(0)[31:]]}, "too_short"),
    ],
)
def test_a_design_that_cannot_be_estimated_keeps_its_row_and_says_why(changed, reason):
    values = {name: series for name, series in {**world(), **changed}.items() if series is not None}
    found = event_fits(frames(design("did"), values)).filter(pl.col("control_set") == "near")
    assert found.select("estimate_log", "absence_reason").rows() == [(None, reason)]


def test_an_event_that_rules_alone_make_unidentified_is_not_estimated():
    for standing in ("overlapping", "cut_short", "no_event_date"):
        assert event_fits(frames(design("did"), world(), standing)).is_empty()


def test_a_lane_far_from_every_donor_is_refused():
    values = world()
    values["a_x"] = list(np.exp(noise(7, 2.0) + 10))
    row = design("synthetic_control", control_near_ids="a_y;a_z;a_w;b_x;b_y;b_z", control_far_ids=None)
    assert event_fits(frames(row, values))["absence_reason"].to_list() == ["poor_fit"]


def test_a_roll_out_with_one_lane_has_no_staggered_dates():
    row = design("staggered_did", event_rule_ids="rule;rule", treated_ids="a_x;nowhere", control_near_ids="a_y")
    assert event_fits(frames(row, world()))["absence_reason"].to_list() == ["no_data"]


def test_bands_hold_the_path_and_touch_it_at_the_reference():
    bands = event_bands(frames(design("did"), world())).filter(pl.col("control_set") == "near")
    reference = bands.row(N_PRE - 1, named=True)
    assert reference["month"] == MONTHS[N_PRE - 1]
    assert reference["path_log"] == reference["band_low"] == reference["band_high"] == 0
    rest = bands.filter(pl.col("path_log") != 0)
    assert (rest["sup_band_low"] <= rest["band_low"]).all()
    assert (rest["band_low"] <= rest["path_log"]).all()
    assert rest.filter(pl.col("month") > MONTHS[N_PRE])["band_high"].max() < 0


def test_no_placebo_is_as_extreme_as_a_large_planted_change_and_many_are_as_a_null():
    for shift, extreme in ((SHIFT, 0.0), (0.0, 0.05)):
        found = event_placebos(frames(design("did"), world(shift)))
        share = (found["placebo_statistic"] >= found["own_statistic"]).mean()
        assert found.height > 40
        assert (share <= extreme) if shift else (share >= extreme)
        assert set(found["placebo_kind"].to_list()) == {"date", "unit_date"}


def test_placebo_dates_keep_away_from_other_rules():
    given = frames(design("did", control_far_ids=None), world())
    given["metrics.metric_event_overlap"] = pl.DataFrame({"design_id": ["design"], "bite_date": [MONTHS[18]]})
    dates = event_placebos(given).filter(pl.col("placebo_kind") == "date")["placebo_id"].to_list()
    assert dates == []


def test_donors_partners_and_dates_serve_as_placebos_of_synthetic_and_gravity_designs():
    row = design("synthetic_did", control_near_ids="a_y;a_z;a_w;b_x;b_y;b_z", control_far_ids=None)
    assert event_placebos(frames(row, world())).height == 6
    gravity = event_placebos(frames(design("ppml", control_near_ids=";".join(LANES[1:]), control_far_ids=None), world()))
    assert {"date", "unit"} == set(gravity["placebo_kind"].to_list())
    assert gravity.filter(pl.col("placebo_kind") == "unit").height == 3


@pytest.mark.parametrize("estimator", ["synthetic_control", "synthetic_did"])
def test_donor_placebos_are_ranked_by_the_statistic_of_their_method(estimator):
    row = design(estimator, control_near_ids="a_y;a_z;a_w;b_x;b_y;b_z", control_far_ids=None)
    given = frames(row, world(0.1))
    found = event_placebos(given)
    extreme = int((found["placebo_statistic"] >= found["own_statistic"]).sum())
    assert (1 + extreme) / (1 + found.height) == pytest.approx(event_fits(given)["p_value"][0])


def test_doses_stand_in_their_months_and_are_zero_where_a_rule_has_none():
    april = {"month": date(2025, 4, 1), "dose": 22 / 30}
    rows = [{"rule_id": name, **april} for name in ("kept", "ended")]
    rows += [{"rule_id": "kept", "month": date(2025, month, 1), "dose": 1.0} for month in (5, 6, 7)]
    window = Window(
        np.arange(12 * 2025 + 2, 12 * 2025 + 6), np.array([0.0, 0.7, 1, 1]), np.array(["pre", "partial", "post", "post"])
    )
    doses = rule_doses(pl.DataFrame(rows), ["kept", "ended", "never", "not_yet_known"], window)
    assert doses[:, 0] == pytest.approx([0, 22 / 30, 1, 1])
    assert doses[:, 1] == pytest.approx([0, 22 / 30, 0, 0])
    assert doses[:, 2:].sum() == 0
    assert doses.shape == (4, 4)


def test_a_joint_model_without_one_common_month_says_so():
    values = {**world(), "a_y": [None] * len(MONTHS)}
    row = design("joint_dose", event_rule_ids="rule;other", control_far_ids=None)
    assert event_fits(frames(row, values))["absence_reason"].to_list() == ["missing_months"]


def test_rules_with_one_dose_cannot_be_told_apart():
    row = design("joint_dose", event_rule_ids="rule;twin", control_far_ids=None)
    given = frames(row, world(), other="twin", other_bite=MONTHS[N_PRE])
    joint = event_joints(given)
    assert joint["absence_reason"].to_list() == ["not_separately_identified"] * 2
    assert event_fits(given)["absence_reason"].to_list() == ["not_separately_identified"]
