"""Regression of mirror gaps on control status (A9): recovers what was planted, and says what is lacking."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.gap_regression import control_shift, gap_regression
from pipelines.schemas.table import table

EXPOSED, OTHER = "854231", "853400"
YEARS = range(2018, 2026)
IMPORTERS = ("CHN", "HKG")
EXPORTERS = ("USA", "TWN", "KOR", "JPN", "DEU", "NLD")


def frame(name, rows):
    declared = table(name)
    columns = {c.name: [row.get(c.name) for row in rows] for c in declared.columns}
    return pl.DataFrame(columns, schema=dict(declared.schema()))


def gaps(shift, exporters=EXPORTERS, codes=(EXPOSED, OTHER), years=YEARS, noise=0.0):
    """Log gaps of lane and code effects plus lane and year effects, and a shift of exposed goods after 2021."""
    random = np.random.default_rng(7)
    rows = []
    for exporter in exporters:
        for importer in IMPORTERS:
            lane = random.normal(size=2)
            for year in years:
                common = random.normal()
                for number, code in enumerate(codes):
                    moved = shift if code == EXPOSED and year > 2021 else 0.0
                    rows.append(
                        {
                            "exporter_iso3": exporter,
                            "importer_iso3": importer,
                            "product_code": code,
                            "window_kind": "year",
                            "period_start": date(year, 1, 1),
                            "period_end": date(year, 12, 31),
                            "log_gap": float(lane[number % 2]) + common + moved + noise * float(random.normal()),
                        }
                    )
    return rows


def rules(**changes):
    rule = {
        "rule_id": "a_rule",
        "jurisdiction": "USA",
        "flow_side": "export_control",
        "event_grade": "A",
        "bite_date": date(2021, 6, 1),
        "hs6_exposed": f"{EXPOSED};854239",
        "destinations": "CHN;HKG",
    }
    return [rule | changes]


def shift_of(gap_rows, rule_rows):
    frames = {"metrics.metric_mirror_gap": frame("metrics.metric_mirror_gap", gap_rows)}
    frames["core.fact_rule_change"] = frame("core.fact_rule_change", rule_rows)
    return gap_regression(frames).row(0, named=True)


def test_a_planted_shift_is_recovered_from_noise_free_gaps():
    found = shift_of(gaps(0.4), rules())
    assert found["gap_shift"] == pytest.approx(0.4)
    assert found["n_lanes"] == 12
    assert found["n_gap_cells"] == 12 * 2 * 7  # the year of the rule itself is neither before nor after
    assert found["absence_reason"] is None


def test_a_rule_that_bites_on_new_years_day_has_that_whole_year_after_it():
    found = shift_of(gaps(0.4), rules(bite_date=date(2022, 1, 1)))
    assert found["gap_shift"] == pytest.approx(0.4)
    assert found["n_gap_cells"] == 12 * 2 * 8  # no year is left out
    day_later = shift_of(gaps(0.4), rules(bite_date=date(2022, 1, 2)))
    assert day_later["n_gap_cells"] == 12 * 2 * 7


def test_nothing_planted_nothing_found_within_the_interval():
    found = shift_of(gaps(0.0, noise=0.2), rules())
    assert found["gap_shift_low"] < 0 < found["gap_shift_high"]
    assert found["evidence_label"] == "descriptive", "no placebo, no test of trends before: not comparative"
    assert found["claim_limit"] == "difference_between_reports_not_evasion"


def test_noise_widens_the_interval():
    narrow, wide = (shift_of(gaps(0.4, noise=noise), rules()) for noise in (0.05, 0.5))
    assert wide["gap_shift_high"] - wide["gap_shift_low"] > 3 * (narrow["gap_shift_high"] - narrow["gap_shift_low"])


@pytest.mark.parametrize(
    ("gap_rows", "reason"),
    [
        ([], "too_few_cells"),
        (gaps(0.4, exporters=EXPORTERS[:4]), "too_few_lanes"),
        (gaps(0.4, codes=(EXPOSED, "854239")), "no_comparison"),
        (gaps(0.4, years=range(2022, 2026)), "no_comparison"),
    ],
)
def test_what_is_lacking_is_named(gap_rows, reason):
    found = shift_of(gap_rows, rules())
    assert found["gap_shift"] is None
    assert found["absence_reason"] == reason


def test_a_rule_of_another_country_meets_its_own_exports_only():
    found = shift_of(gaps(0.4), rules(jurisdiction="JPN"))
    assert found["n_lanes"] == 2
    assert found["absence_reason"] == "too_few_cells"


def test_rules_without_a_date_or_grade_have_no_row():
    frames = {"metrics.metric_mirror_gap": frame("metrics.metric_mirror_gap", gaps(0.4))}
    for changes in ({"bite_date": None}, {"event_grade": "N"}, {"hs6_exposed": None}, {"flow_side": "import_duty"}):
        frames["core.fact_rule_change"] = frame("core.fact_rule_change", rules(**changes))
        assert gap_regression(frames).is_empty()


def test_status_that_the_effects_absorb_is_an_error():
    status = np.array([0.0, 0.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="does not vary"):
        control_shift(np.arange(4.0), status, ["a", "a", "b", "b"], ["x", "y", "x", "y"], ["l", "l", "m", "m"])
