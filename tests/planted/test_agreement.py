"""Two readings of METHODS on the same filings: the SQL of the warehouse and the plain Python of oracle.py give one answer."""

from math import inf, isclose

import customs
import oracle
from bulk import BulkWorld
from chosen import chosen_books
from generator import BASE, HUBS, TARGET

Place = tuple[str, str]
Ends = tuple[float, float]


def ends(built: BulkWorld, table: str, columns: tuple[str, str, str], where: str) -> dict[Place, Ends]:
    """Both ends of an interval by product code and place; columns are the place and the ends; an open end is infinite."""
    key, low, high = columns
    built.make(f"metrics.{table}")
    rows = built.read(f"""
        SELECT product_code, {key} AS place, {low} AS low, {high} AS high
        FROM metrics.{table} WHERE {where} AND product_code <> '{customs.CONTROL}'""")
    return {
        (row["product_code"], row["place"]): (
            -inf if row["low"] is None else float(row["low"]),
            inf if row["high"] is None else float(row["high"]),
        )
        for row in rows
    }


def assert_same(found: dict[Place, Ends], expected: dict[Place, oracle.Range], slack: float = 0.01) -> None:
    """Same places, same ends."""
    assert found.keys() == expected.keys()
    for place, range_ in expected.items():
        close = [isclose(mine, its, rel_tol=1e-7, abs_tol=slack) for mine, its in zip(found[place], range_, strict=True)]
        assert all(close), (place, found[place], range_)


def test_gaps_of_the_base_year_agree(built: BulkWorld) -> None:
    where = f"window_kind = 'year' AND period_start = DATE '2024-01-01' AND importer_iso3 = '{TARGET}' AND exporter_iso3 NOT IN "
    found = ends(built, "metric_mirror_gap", ("exporter_iso3", "gap_low_usd", "gap_high_usd"), where + str(tuple(HUBS)))
    assert_same(
        found,
        {
            (planted.product_code, exporter): oracle.mirror_gap(planted, cells, BASE, exporter, TARGET)
            for planted, cells in chosen_books()
            for exporter in planted.exporters
        },
    )


def test_losses_of_the_base_year_agree(built: BulkWorld) -> None:
    where = "window_kind = 'year' AND period_start = DATE '2024-01-01' AND exporter_iso3 IN ('USA', 'TWN', 'KOR')"
    key = "exporter_iso3 || hub_iso3"
    assert_same(
        ends(built, "metric_lost_in_transit", (key, "lost_share_low", "lost_share_high"), where),
        {
            (planted.product_code, exporter + hub): oracle.lost_share(planted, cells, BASE, exporter, hub)
            for planted, cells in chosen_books()
            for exporter in planted.exporters
            for hub in HUBS
        },
        slack=1e-6,
    )


def test_retained_imports_of_the_base_year_agree(built: BulkWorld) -> None:
    where = "period_start = DATE '2024-01-01' AND retained_usd IS NOT NULL"
    found = ends(built, "metric_retained_import", ("country_iso3", "retained_low_usd", "retained_high_usd"), where)
    assert_same(
        found,
        {
            (planted.product_code, hub): oracle.retained_imports(cells, BASE, hub)
            for planted, cells in chosen_books()
            for hub in HUBS
            if (hub, "WLD", "RX", "0") in cells
        },
    )


def test_excesses_and_bands_agree(built: BulkWorld) -> None:
    where = "window_kind = 'rolling_12' AND n_placebos >= 19"
    expected = {
        (planted.product_code, hub): oracle.hub_excess(cells, planted.exporters[0], hub)
        for planted, cells in chosen_books()
        for hub in HUBS
    }
    bands = ends(built, "metric_hub_excess", ("hub_iso3", "band_low_ratio", "band_high_ratio"), where)
    assert_same(bands, {place: one.band for place, one in expected.items()}, slack=1e-9)
    excesses = ends(built, "metric_hub_excess", ("hub_iso3", "excess_low_usd", "excess_high_usd"), where)
    assert_same(excesses, {place: one.excess for place, one in expected.items()})


def test_offsets_agree(built: BulkWorld) -> None:
    where = "window_kind = 'rolling_12' AND offset_index IS NOT NULL AND coalesce(band_absence_reason, '') <> 'too_few_placebos'"
    found = ends(built, "metric_diversion", ("exporter_iso3", "offset_low", "offset_high"), where)
    expected = {
        (planted.product_code, planted.exporters[0]): oracle.offset(cells, planted.exporters[0])
        for planted, cells in chosen_books()
    }
    assert_same(found, {place: expected[place] for place in found}, slack=1e-6)
    assert len(found) > len(expected) / 2
