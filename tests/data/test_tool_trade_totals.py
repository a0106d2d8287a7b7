"""V1 of the validation targets: an outside analyst's export totals of chip-making tools, rebuilt to the dollar (METHODS A1).

The trap: Comtrade's exports hold the re-exports already; adding the re-export rows to them is wrong by 0.8 % in 2019.
"""

import csv
import gzip
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "properties"))
from world import World  # noqa: E402

SNAPSHOT = HERE.parents[1] / "data" / "snapshot" / "comtrade_sme_2016_2020.parquet"
REPLICATION = HERE.parents[2] / "shared" / "replication"
GROUPS = {"JPN": "Japan", "NLD": "Netherlands", "SGP": "Singapore", "USA": "USA"}
REST = "Rest of world"
TOTALS_2020 = {
    "Japan": 14_679_193_994,
    "Netherlands": 11_744_721_740,
    "Singapore": 7_186_985_084,
    "USA": 14_712_386_058,
    REST: 10_848_630_812,
}
EXPORTS_2019 = 52_390_121_445
WITH_REEXPORTS_2019 = 52_810_166_471
TAIWAN = {"Other Asia, nes": "TWN"}  # the file gives code 490 no ISO code
FLOWS = {"Import": "M", "Export": "X", "Re-Export": "RX", "Re-Import": "RM"}


def world_report(rows):
    """Yearly World totals by reporter and flow, through the real models, of filed World records."""
    countries = {row["reporter_iso3"] for row in rows}
    with World(date(2026, 11, 1)) as world:
        world.put(
            "tidy.country",
            [{"country_iso3": iso3, "country_kind": "country"} for iso3 in sorted(countries)]
            + [{"country_iso3": "WLD", "country_kind": "aggregate"}],
        )
        world.put("tidy.dataset", [{"dataset_id": "tools", "source_id": "comtrade"}])
        world.put("tidy.trade_obs", rows)
        return world.build("metrics.metric_world_report")


def added(report, *flows):
    sums = defaultdict(Decimal)
    for row in report:
        if row["flow"] in flows:
            sums[row["period_start"].year, GROUPS.get(row["reporter_iso3"], REST)] += row["value_usd"]
    return {key: int(value) for key, value in sums.items()}


def record(number, reporter, flow, code, year, value):  # noqa: PLR0913, PLR0917
    return {
        "source_id": "comtrade",
        "dataset_id": "tools",
        "source_row": number,
        "reporter_iso3": reporter,
        "partner_iso3": "WLD",
        "flow": flow,
        "trade_basis": "imports" if flow in ("M", "RM") else "total_exports",
        "classification": "HS",
        "product_code": code,
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "frequency": "A",
        "partner2_code": "0",
        "customs_code": "C00",
        "transport_code": "0",
        "value_usd": value,
        "known_at": date(2022, 1, 1),
        "vintage_at": date(2022, 1, 1),
    }


@pytest.fixture(scope="module")
def shipped():
    names = ("source_row", "reporter_iso3", "flow", "product_code", "period_start", "value_usd")
    frame = pl.read_parquet(SNAPSHOT, columns=[*names, "partner_iso3"]).filter(pl.col("partner_iso3") == "WLD")
    rows = [
        record(number, reporter, flow, code, start.year, value)
        for number, reporter, flow, code, start, value in frame.select(names).rows()
    ]
    return world_report(rows)


def test_exports_of_chip_making_tools_are_rebuilt_to_the_dollar(shipped):
    found = added(shipped, "X")
    assert {group: found[2020, group] for group in TOTALS_2020} == TOTALS_2020


def test_re_exports_are_part_of_exports_and_never_added(shipped):
    assert sum(value for (year, _), value in added(shipped, "X").items() if year == 2019) == EXPORTS_2019
    assert sum(value for (year, _), value in added(shipped, "X", "RX").items() if year == 2019) == WITH_REEXPORTS_2019


@pytest.mark.skipif(not REPLICATION.exists(), reason="the validation inputs are not beside the checkout")
def test_the_raw_file_gives_the_published_table():
    with gzip.open(REPLICATION / "comtrade_sme_2016_2020.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        raw = list(csv.DictReader(lines))
    rows = [
        record(
            number,
            row["Reporter ISO"] or TAIWAN[row["Reporter"]],
            FLOWS[row["Trade Flow"]],
            row["Commodity Code"],
            int(row["Year"]),
            row["Trade Value (US$)"],
        )
        for number, row in enumerate(raw, start=2)
    ]
    with (REPLICATION / "comtrade_sme_expected.csv").open(encoding="utf-8", newline="") as lines:
        expected = {(int(row["year"]), row["reporter_group"]): int(row["export_usd"]) for row in csv.DictReader(lines)}
    assert added(world_report(rows), "X") == expected


def test_a_hand_written_case_without_the_files():
    rows = [
        record(2, "JPN", "X", "848620", 2019, 100),
        record(3, "JPN", "RX", "848620", 2019, 5),
        record(4, "JPN", "X", "903141", 2019, 20),
        record(5, "DEU", "X", "848620", 2019, 7),
        record(6, "DEU", "M", "848620", 2019, 70),
    ]
    assert added(world_report(rows), "X") == {(2019, "Japan"): 120, (2019, REST): 7}
