"""A8 and V12, reporter reliability: the worked examples, and what a scale must keep to whatever the panel."""

import json
from datetime import date
from decimal import Decimal
from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.reliability import (
    FLOOR,
    HALF_PI,
    MIN_CELLS,
    SHRINKAGE_CELLS,
    error_scales,
    fixed_point,
    least_squares_means,
    pooled_scale,
    reporter_reliability,
)
from pipelines.schemas.check import failures
from pipelines.schemas.table import table
from pipelines.schemas.tables.metrics_mirror import MetricReporterReliability

EFFECTS_EXAMPLE = "A8"
FIXED_POINT_EXAMPLE = "A8b"
WORKED = Path(__file__).parents[3] / "shared" / "spec" / "worked_examples.json"

DISTANCES = [[0.1, 0.3], [0.5, 0.7]]
MEANS = {"exporter": [0.2, 0.6], "importer": [0.3, 0.5]}
SCALES = {"exporter": [0.031415926535897934, 0.6597344572538565], "importer": [0.031415926535897934, 0.34557519189487723]}
SHARES = np.array([[0.0, 0.1, 0.2], [0.3, 0.0, 0.1], [0.2, 0.4, 0.0]])
SCORES = {
    "exporter_24": [1.2752587850447392, 1.1140423347977635, 0.7299063143173063],
    "importer_24": [0.8759699652134921, 1.002734385803071, 1.1478434892966074],
    "exporter_25": [6.0635066871332315, 5.2969561200123945, 3.4704885001433077],
    "importer_25": [4.164983637536658, 4.7677122414491535, 5.457681282089833],
}
# VALIDATION V12: what the public class printed, under the names that it gave them
PRINTED = {
    "exporter_25": [4.164984, 4.767712, 5.457681],
    "importer_25": [6.063507, 5.296956, 3.470489],
    "exporter_24": [0.875970, 1.002734, 1.147843],
    "importer_24": [1.275259, 1.114042, 0.729906],
}
CODES = [f"8542{n}" for n in (31, 32, 33, 39)]
EXPORTERS, IMPORTERS = ("JPN", "KOR", "TWN", "USA"), ("CHN", "DEU", "FRA", "IND")
YEARS = (2022, 2023, 2024)
TOTAL = 10**9

Distances = dict[tuple[str, str, str, int], float]
Scales = dict[tuple[str, str], float]


def cells(distances: list[list[float]], weight: float = 1) -> pl.DataFrame:
    """A table of disagreements, exporters x importers, as cells of equal weight of one code and year."""
    rows = [
        {"exporter": f"x{i}", "importer": f"m{j}", "code": "854231", "year": 2024, "distance": value, "weight": weight}
        for i, line in enumerate(distances)
        for j, value in enumerate(line)
    ]
    return pl.DataFrame(rows)


def pairs(distances: Distances) -> pl.DataFrame:
    """Mirror pairs of years: the two reports add up to TOTAL, so that all weights are equal, and differ as given."""
    declared = table("metrics.metric_mirror_pair")
    rows = []
    for (exporter, importer, code, year), distance in distances.items():
        exporter_usd = TOTAL / (1 + np.exp(-distance))
        values = {"exporter_usd": exporter_usd, "importer_usd": TOTAL - exporter_usd, "importer_fob_usd": TOTAL - exporter_usd}
        where = {"exporter_iso3": exporter, "importer_iso3": importer, "product_code": code, "window_kind": "year"}
        when = {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
        rows.append(where | when | {name: Decimal(str(round(value, 3))) for name, value in values.items()})
    schema = dict(declared.schema())
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def hubs(*countries: str) -> pl.DataFrame:
    """The table of hubs, each an entrepot but the producers."""
    schema = dict(table("core.dim_hub").schema())
    rows = [{"country_iso3": name, "hub_role": "producer" if name in EXPORTERS else "entrepot"} for name in countries]
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def reliability(panel: pl.DataFrame, *entrepots: str, draws: int = 2) -> pl.DataFrame:
    """Result of the estimator, after the check that it meets its declaration."""
    result = reporter_reliability({"metrics.metric_mirror_pair": panel, "core.dim_hub": hubs(*entrepots)}, draws)
    assert dict(result.schema) == dict(MetricReporterReliability.schema())
    assert failures(result, MetricReporterReliability).rows() == []
    return result


def last(result: pl.DataFrame, method: str = "effects") -> pl.DataFrame:
    """Rows of one method in the last window."""
    return result.filter((pl.col("reliability_method") == method) & (pl.col("period_end") == result["period_end"].max()))


def values(result: pl.DataFrame, column: str = "error_scale", method: str = "effects") -> Scales:
    """One column of the last window by reporter and role."""
    chosen = last(result, method).select("reporter_iso3", "reporter_role", column)
    return {(name, role): value for name, role, value in chosen.iter_rows()}


def balanced(noise: dict[str, float] | None = None) -> Distances:
    """Every exporter, importer, code and year once; disagreement from the place of each, times the exporter's noise."""
    factor = noise or {}
    return {
        (x, m, code, year): (0.05 * i + 0.03 * j + 0.02 * k + 0.01 * t + 0.04) * factor.get(x, 1)
        for (i, x), (j, m), (k, code), (t, year) in product(
            enumerate(EXPORTERS), enumerate(IMPORTERS), enumerate(CODES), enumerate(YEARS)
        )
    }


def uneven(seed: int) -> Distances:
    """A random part of all cells with random disagreements."""
    random = np.random.default_rng(seed)
    return {cell: float(random.gamma(2, 0.1)) for cell in balanced() if random.random() < 0.7}


def test_worked_example_of_the_effects() -> None:
    means = least_squares_means(cells(DISTANCES))
    for role, expected in MEANS.items():
        assert list(means.role(role).values()) == pytest.approx(expected, abs=1e-9)
        assert list(error_scales(means.role(role), floor=0.02).values()) == pytest.approx(SCALES[role], abs=1e-9)
    assert FLOOR == 0.02


@pytest.mark.parametrize("rounds", [24, 25])
def test_worked_example_of_the_fixed_point(rounds: int) -> None:
    counts = np.full(3, 2.0)
    found_x, found_m = fixed_point(SHARES, counts, counts, rounds)
    assert found_x == pytest.approx(SCORES[f"exporter_{rounds}"], abs=1e-5)
    assert found_m == pytest.approx(SCORES[f"importer_{rounds}"], abs=1e-5)


@pytest.mark.parametrize("rounds", [24, 25])
def test_the_published_program_gives_the_two_vectors_in_exchanged_roles(rounds: int) -> None:
    counts = np.full(3, 2.0)
    found_x, found_m = fixed_point(SHARES, counts, counts, rounds)
    assert found_x == pytest.approx(PRINTED[f"importer_{rounds}"], abs=1e-6)
    assert found_m == pytest.approx(PRINTED[f"exporter_{rounds}"], abs=1e-6)
    assert found_x != pytest.approx(PRINTED[f"exporter_{rounds}"], abs=0.1)


def test_the_level_of_the_fixed_point_means_nothing_and_its_ratios_do() -> None:
    counts = np.full(3, 2.0)
    even, odd = fixed_point(SHARES, counts, counts, 24), fixed_point(SHARES, counts, counts, 25)
    for before, after in zip(even, odd, strict=True):
        assert after / before == pytest.approx(np.full(3, after[0] / before[0]), rel=1e-4)
        assert abs(after[0] / before[0] - 1) > 0.5


@pytest.mark.skipif(not WORKED.exists(), reason="the worked examples are not beside this checkout")
def test_worked_examples_are_the_shared_ones() -> None:
    shared: dict[str, Any] = {item["id"]: item for item in json.loads(WORKED.read_text(encoding="utf-8"))}
    assert shared[EFFECTS_EXAMPLE]["inputs"] == {"RD": DISTANCES, "floor": FLOOR}
    assert shared[EFFECTS_EXAMPLE]["expected"] == {
        **{f"ls_{role}": MEANS[role] for role in MEANS},
        **{f"sigma_{role}": SCALES[role] for role in SCALES},
    }
    assert shared[FIXED_POINT_EXAMPLE]["inputs"]["S_rows_exporter"] == SHARES.tolist()
    assert shared[FIXED_POINT_EXAMPLE]["expected"] == SCORES


def test_weights_move_the_means_towards_the_heavier_cells() -> None:
    table_of_cells = cells([[0.1, 0.3], [0.5, 0.9]])
    heavy = table_of_cells.with_columns(weight=pl.when(pl.col("distance") == 0.9).then(10.0).otherwise(1.0))
    light = least_squares_means(table_of_cells)
    assert light.exporter == pytest.approx({"x0": 0.2, "x1": 0.7})
    assert least_squares_means(heavy).exporter != pytest.approx(light.exporter, abs=1e-3)


def test_code_and_year_effects_are_taken_out_of_the_reporters() -> None:
    found = least_squares_means(
        pl.DataFrame(
            [
                {"exporter": x, "importer": m, "code": code, "year": year, "distance": distance, "weight": 1.0}
                for (x, m, code, year), distance in balanced().items()
                if not (x == "JPN" and code == CODES[0])
            ]
        )
    )
    assert np.diff([found.exporter[name] for name in EXPORTERS]) == pytest.approx([0.05] * 3)
    assert np.diff([found.importer[name] for name in IMPORTERS]) == pytest.approx([0.03] * 3)


def test_a_balanced_panel_has_the_scales_of_the_formula() -> None:
    distances = balanced()
    result = reliability(pairs(distances))
    n = len(distances) // len(EXPORTERS)
    pooled = np.sqrt(np.pi) / 2 * np.mean(list(distances.values()))
    share = n / (n + SHRINKAGE_CELLS)
    expected = {
        (name, "exporter"): share * HALF_PI * (0.05 * i + FLOOR) + (1 - share) * pooled for i, name in enumerate(EXPORTERS)
    } | {(name, "importer"): share * HALF_PI * (0.03 * j + FLOOR) + (1 - share) * pooled for j, name in enumerate(IMPORTERS)}
    assert values(result) == pytest.approx(expected, rel=1e-6)
    assert set(last(result)["n_cells"]) == {n}
    assert n >= MIN_CELLS
    assert not last(result)["is_pooled"].any()


@pytest.mark.parametrize("seed", range(5))
def test_no_scale_is_below_the_floor_and_scores_have_geometric_mean_one(seed: int) -> None:
    result = reliability(pairs(uneven(seed)))
    scales = result.filter(pl.col("reliability_method") == "effects")["error_scale"]
    assert scales.min() >= HALF_PI * FLOOR
    scores = result.filter(pl.col("reliability_method") == "fixed_point")
    means = scores.group_by("reporter_role", "period_end").agg(pl.col("reliability_score").log().mean())
    assert means["reliability_score"].to_list() == pytest.approx([0] * means.height, abs=1e-9)


def sparse(seed: int) -> Distances:
    """A panel in which one exporter trades codes of its own, so that its effect and theirs cannot be told apart."""
    random = np.random.default_rng(seed)
    return {
        (x, m, code.replace("8542", "8473") if x == "JPN" else code, year): float(random.gamma(2, 0.1))
        for x, m, code, year in balanced()
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("panel", [uneven, sparse])
@pytest.mark.parametrize("names", [*permutations(("JPN", "TWN", "USA"))][1:])
def test_relabelling_countries_permutes_their_scales(panel: Any, seed: int, names: tuple[str, ...]) -> None:
    new = dict(zip(("JPN", "TWN", "USA"), names, strict=True)) | {"CHN": "IND", "IND": "CHN"}
    distances = panel(seed)
    renamed = {(new.get(x, x), new.get(m, m), code, year): value for (x, m, code, year), value in distances.items()}
    for column, method in (("error_scale", "effects"), ("reliability_score", "fixed_point"), ("n_cells", "effects")):
        found = values(reliability(pairs(distances)), column, method)
        expected = {(new.get(name, name), role): value for (name, role), value in found.items()}
        assert values(reliability(pairs(renamed)), column, method) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("noisy", EXPORTERS)
def test_more_noise_in_the_reports_of_one_country_never_lowers_its_scale(noisy: str) -> None:
    """In a panel that is balanced and has equal weights a mean is that of the country's own cells, whatever the others do."""
    scales = [values(reliability(pairs(balanced({noisy: factor}))))[noisy, "exporter"] for factor in (1, 1.5, 2, 4, 8)]
    assert scales == sorted(scales)
    assert scales[-1] > scales[0]


def test_reporters_that_agree_have_the_floor() -> None:
    result = reliability(pairs(dict.fromkeys(balanced(), 0.0)))
    scales = values(result)
    assert list(scales.values()) == pytest.approx([HALF_PI * FLOOR] * len(scales))
    scores = values(result, "reliability_score", "fixed_point")
    assert list(scores.values()) == pytest.approx([1] * len(scores))


def test_a_reporter_of_one_partner_or_of_few_cells_has_the_pooled_scale() -> None:
    distances = {cell: value for cell, value in balanced().items() if cell[0] != "JPN" or cell[1] == "CHN"}
    distances |= {("JPN", "CHN", f"8473{n}", 2024): 0.9 for n in range(10, 40)}
    few = {cell: value for cell, value in balanced().items() if cell[0] == "USA"}
    distances = {cell: value for cell, value in distances.items() if cell not in list(few)[MIN_CELLS - 1 :]}
    exporters = last(reliability(pairs(distances))).filter(reporter_role="exporter")
    rows = {row["reporter_iso3"]: row for row in exporters.to_dicts()}
    assert (rows["JPN"]["n_cells"], rows["USA"]["n_cells"]) == (42, MIN_CELLS - 1)
    pooled = np.sqrt(np.pi) / 2 * np.mean(list(distances.values()))
    assert [rows[name]["error_scale"] for name in ("JPN", "USA")] == pytest.approx([pooled] * 2, rel=1e-6)
    assert {name: row["is_pooled"] for name, row in rows.items()} == {"JPN": True, "KOR": False, "TWN": False, "USA": True}


def noise_of_partners(seed: int, spread: float) -> Distances:
    """Every cell once; disagreement differs between importers by `spread` and hardly within one."""
    random = np.random.default_rng(seed)
    level = {name: float(random.gamma(4, spread / 4)) for name in IMPORTERS}
    return {(x, m, code, year): 0.1 + level[m] + 0.01 * float(random.random()) for x, m, code, year in balanced()}


def test_the_interval_of_a_scale_holds_it_and_is_the_same_in_every_run() -> None:
    panel = pairs(uneven(3))
    result = reliability(panel, draws=60)
    scales = result.filter(reliability_method="effects")
    assert (scales["error_scale_low"] >= HALF_PI * FLOOR).all()
    assert (scales["error_scale_low"] <= scales["error_scale"]).all()
    assert (scales["error_scale"] <= scales["error_scale_high"]).all()
    assert (scales["error_scale_low"] < scales["error_scale_high"]).any()
    assert scales["band_absence_reason"].is_null().all()
    assert result.equals(reliability(panel, draws=60))
    scores = result.filter(reliability_method="fixed_point")
    assert set(scores["absence_reason"]) == set(scores["band_absence_reason"]) == {"score_instead_of_scale"}


def test_partners_that_differ_widen_the_interval_of_the_pooled_scale() -> None:
    def width(spread: float) -> float:
        few = {cell: value for cell, value in noise_of_partners(5, spread).items() if cell[3] == YEARS[-1]}
        row = last(reliability(pairs(few), draws=100)).filter(reporter_iso3="KOR", reporter_role="exporter").to_dicts()[0]
        assert row["is_pooled"]
        return float(row["error_scale_high"] - row["error_scale_low"])

    narrow, wide = width(0.01), width(0.8)
    assert 0 < narrow < wide / 10


def test_one_partner_gives_no_interval_and_says_so() -> None:
    alone = {cell: value for cell, value in balanced().items() if cell[1] == "CHN"}
    rows = {(row["reporter_iso3"], row["reporter_role"]): row for row in last(reliability(pairs(alone), draws=20)).to_dicts()}
    taiwan, china = rows["TWN", "exporter"], rows["CHN", "importer"]
    assert (taiwan["error_scale_low"], taiwan["error_scale_high"]) == (None, None)
    assert taiwan["band_absence_reason"] == "fewer_than_two_partners"
    assert china["error_scale_low"] is not None


def test_thirty_cells_are_enough() -> None:
    kept = [cell for cell in balanced() if cell[0] == "USA"][:MIN_CELLS]
    distances = {cell: value for cell, value in balanced().items() if cell[0] != "USA" or cell in kept}
    assert not last(reliability(pairs(distances))).filter(reporter_iso3="USA")["is_pooled"].any()


def test_entrepots_are_left_out_as_exporters_and_stay_as_importers() -> None:
    distances = balanced() | {("HKG", "CHN", code, 2024): 3.0 for code in CODES}
    distances |= {("KOR", "HKG", code, year): 0.1 for code, year in product(CODES, YEARS)}
    found = values(reliability(pairs(distances), "HKG", "TWN"))
    assert ("HKG", "exporter") not in found
    assert {("HKG", "importer"), ("TWN", "exporter")} <= set(found)
    assert found != values(reliability(pairs(distances)))


def test_cells_below_ten_thousand_dollars_and_months_are_left_out() -> None:
    small = pairs(balanced()).with_columns(exporter_usd=pl.lit(Decimal("9999.999")).cast(pl.Decimal(20, 3)))
    months = pairs(balanced()).with_columns(window_kind=pl.lit("rolling_3"))
    zeros = pairs(balanced()).with_columns(importer_fob_usd=pl.lit(Decimal(0)).cast(pl.Decimal(20, 3)))
    missing = pairs(balanced()).with_columns(importer_fob_usd=pl.lit(None, pl.Decimal(20, 3)))
    assert [reliability(panel).height for panel in (small, months, zeros, missing)] == [0, 0, 0, 0]
    assert reliability(pl.concat([pairs(uneven(1)), small, months])).equals(reliability(pairs(uneven(1))))


def test_a_window_is_three_years_and_every_year_ends_one() -> None:
    distances = {cell: value for cell, value in balanced().items() if cell[3] != 2023}
    result = reliability(pairs(distances))
    assert sorted(set(result["period_end"])) == [date(year, 12, 31) for year in YEARS]
    assert sorted(set(result["period_start"])) == [date(year - 2, 1, 1) for year in YEARS]
    late = balanced() | {(x, m, code, 2021): 9.0 for x, m, code, year in balanced() if year == 2022}
    assert values(reliability(pairs(late))) == pytest.approx(values(reliability(pairs(balanced()))))


def test_no_pairs_give_an_empty_table_of_the_declared_columns() -> None:
    assert reliability(pairs({})).is_empty()


def test_the_pooled_scale_is_that_of_two_equal_normal_errors() -> None:
    random = np.random.default_rng(7)
    errors = 0.3 * random.standard_normal((2, 400_000))
    distance = np.abs(errors[0] - errors[1])
    assert pooled_scale(pl.DataFrame({"distance": distance, "weight": np.ones(distance.size)})) == pytest.approx(0.3, rel=0.01)
