"""The shipped statistics: files and manifest agree, tables meet their declaration, and independent figures reconcile."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import Place
from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_reference import SnapshotFile
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.tidy.curated import tidy_csv
from tools.import_snapshot import period_label

FOLDER = Path(__file__).parents[2] / "data" / "snapshot"
DATASETS = sorted(path.stem for path in FOLDER.glob("*.parquet"))
RECORD = [
    "reporter_iso3",
    "partner_iso3",
    "flow",
    "trade_basis",
    "classification",
    "hs_revision",
    "product_code",
    "period_start",
    "period_end",
    "partner2_code",
    "customs_code",
    "transport_code",
]
# UN Comtrade, exports of Korea, heading 8542, USD.
KOREA_8542 = {2020: 82884355424, 2021: 109296681667, 2022: 112847160489, 2023: 86134555070, 2024: 120189285084}


def shipped(dataset: str) -> pl.DataFrame:
    return pl.read_parquet(FOLDER / f"{dataset}.parquet")


def totals(frame: pl.DataFrame, *by: str | pl.Expr, measure: str = "value_usd") -> dict[object, Decimal]:
    rows = frame.group_by(*by).agg(pl.col(measure).sum()).rows()
    return {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in rows}


YEAR = pl.col("period_start").dt.year().alias("year")
IS_TOTAL = (pl.col("partner2_code") == "0") & (pl.col("customs_code") == "C00") & (pl.col("transport_code") == "0")


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, object]]:
    path = FOLDER / "manifest.csv"
    tidied = tidy_csv(path.read_bytes(), SnapshotFile, Place("manifest", path.name))
    assert tidied.quarantined.rows() == []
    return {str(row["dataset_id"]): row for row in tidied.rows.to_dicts()}


def test_every_file_has_a_manifest_line_and_every_line_a_file(manifest):
    assert sorted(manifest) == DATASETS
    assert len(DATASETS) == 17


def test_the_snapshot_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_000_000


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_file_meets_the_declaration_and_its_manifest_line(manifest, dataset):
    frame, line = shipped(dataset), manifest[dataset]
    assert dict(frame.schema) == dict(TradeObs.schema())
    assert failures(frame, TradeObs).rows() == []
    assert frame["source_row"].is_sorted()
    assert frame.select(RECORD).is_duplicated().sum() == 0
    assert frame.select("dataset_id", "source_id", "source_file_sha256", "vintage_at").unique().rows() == [
        (dataset, line["source_id"], line["file_sha256"], line["retrieved"])
    ]
    assert (frame.height, frame["value_usd"].sum()) == (line["n_rows"], line["value_sum_usd"])
    assert period_label(frame.sort("period_start").row(0, named=True)) == line["first_period"]
    assert period_label(frame.sort("period_end").row(-1, named=True)) == line["last_period"]


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_row_is_known_before_its_period_ends_or_after_retrieval(dataset):
    frame = shipped(dataset)
    assert frame.filter(pl.col("known_at") <= pl.col("period_end")).height == 0
    assert frame.filter(pl.col("known_at") > pl.col("vintage_at")).height == 0


def test_parts_of_a_year_and_open_years_are_marked():
    every = pl.concat([shipped(dataset) for dataset in DATASETS])
    assert every.filter((pl.col("frequency") == "P") != (pl.col("period_status") == "partial")).height == 0
    national = every.filter(pl.col("source_id").is_in(["kcs", "jpmof", "uscb"]))
    assert national.filter((YEAR >= 2026) != (pl.col("period_status") == "provisional")).height == 0
    monthly = every.filter((pl.col("source_id") == "comtrade") & (pl.col("frequency") == "M"))
    assert monthly["period_status"].unique().to_list() == ["provisional"]


@pytest.mark.parametrize("measure", ["value_usd", "net_kg"])
def test_korean_partners_add_up_to_the_all_country_file_in_80_months(measure):
    partners = totals(shipped("kcs_8542323000_country"), "period_start", measure=measure)
    world = totals(shipped("kcs_8542323000_world_exports"), "period_start", measure=measure)
    assert partners == world
    assert len(world) == 80


def test_korean_8542_equals_comtrade_to_the_dollar():
    months = totals(shipped("kcs_8542_country").filter(YEAR.is_between(2020, 2024)), YEAR)
    comtrade = shipped("comtrade_8542_exports_annual").filter(pl.col("reporter_iso3") == "KOR")
    assert months == KOREA_8542
    assert totals(comtrade.filter(YEAR >= 2020), YEAR) == KOREA_8542


@pytest.mark.parametrize("measure", ["value_usd", "net_kg"])
def test_korean_memory_lines_stay_within_their_heading(measure):
    by = ("period_start", "partner_iso3")
    whole = totals(shipped("kcs_8542_country"), *by, measure=measure)
    lines = pl.concat([shipped("kcs_8542323000_country"), shipped("kcs_8542321010_country")])
    parts = totals(lines, *by, measure=measure)
    assert parts.keys() == whole.keys()
    assert all(parts[cell] <= whole[cell] for cell in whole)


def test_thai_partners_add_up_to_world_in_eleven_years():
    frame = shipped("comtrade_tha_imports_8542_annual")
    is_world = pl.col("partner_iso3") == "WLD"
    partners, world = totals(frame.filter(~is_world), YEAR), totals(frame.filter(is_world), YEAR)
    assert len(world) == 11
    # 2014 is 3 USD apart, the other years less than a cent: each row is rounded on its own.
    assert all(abs(partners[year] - world[year]) <= 3 for year in world)


def test_chinese_rows_by_second_partner_double_the_total():
    frame = shipped("comtrade_chn_imports_8542_usa_annual")
    parts, whole = totals(frame.filter(~IS_TOTAL), YEAR), totals(frame.filter(IS_TOTAL), YEAR)
    assert frame.filter(~IS_TOTAL).height == 158
    assert sorted(parts) == [2015, 2016, 2017]
    assert all(parts[year] == whole[year] for year in parts)
    assert whole[2016] == 8696121253


def test_japanese_partners_add_up_to_world_in_308_item_months():
    frame = shipped("jpmof_exports_ic_tools_monthly")
    by, is_world = ("product_code", "period_start"), pl.col("partner_iso3") == "WLD"
    partners = totals(frame.filter(~is_world), *by, measure="value_local")
    assert partners == totals(frame.filter(is_world), *by, measure="value_local")
    assert len(partners) == 308
    assert frame.group_by("period_start").agg(pl.col("local_per_usd").n_unique())["local_per_usd"].max() == 1


def test_japanese_fabrication_tools_are_part_of_8486():
    frame, by = shipped("jpmof_exports_ic_tools_monthly"), ("period_start", "partner_iso3")
    whole = totals(frame.filter(pl.col("product_code") == "8486"), *by)
    part = totals(frame.filter(pl.col("product_code") == "848620"), *by)
    assert part.keys() == whole.keys()
    assert all(part[cell] <= whole[cell] for cell in whole)


def test_japanese_8542_lies_near_comtrade():
    frame = shipped("jpmof_exports_ic_tools_monthly")
    chips = frame.filter((pl.col("product_code") == "8542") & (pl.col("partner_iso3") == "WLD"))
    japan = totals(chips, YEAR)
    comtrade = totals(shipped("comtrade_8542_exports_annual").filter(pl.col("reporter_iso3") == "JPN"), YEAR)
    assert all(abs(japan[year] / comtrade[year] - 1) < Decimal("0.003") for year in (2021, 2022, 2023, 2024))


def test_japanese_tools_give_one_exchange_rate_against_comtrade():
    japan = shipped("jpmof_exports_ic_tools_monthly").filter((pl.col("partner_iso3") == "WLD") & (YEAR == 2020))
    comtrade = shipped("comtrade_sme_2016_2020").filter(
        (pl.col("reporter_iso3") == "JPN") & (pl.col("flow") == "X") & (YEAR == 2020)
    )
    yen, usd = totals(japan, "product_code", measure="value_local"), totals(comtrade, "product_code")
    rates = [round(yen[code] / usd[code], 6) for code in ("848620", "903141")]
    assert rates == [Decimal("106.662002")] * 2


def test_taiwanese_countries_add_up_to_the_portal_file():
    by = ("period_start", "period_end", "product_code")
    assert totals(shipped("twmof_exports_8542_country"), *by) == totals(shipped("twmof_exports_8542_total"), *by)


def test_us_general_imports_exceed_imports_for_consumption_a_little():
    general = shipped("comtrade_usa_imports_twn_monthly").filter(YEAR == 2024)
    taiwan = shipped("uscb_imports_hts10_2024").filter(pl.col("partner_iso3") == "TWN")
    consumed = totals(taiwan, pl.col("product_code").str.slice(0, 6).alias("hs6"))
    for hs6, value in totals(general, "product_code").items():
        assert Decimal("1.01") < value / consumed[hs6] < Decimal("1.025")


def test_us_files_keep_groups_and_zero_rows():
    imports, exports = shipped("uscb_imports_hts10_2024"), shipped("uscb_exports_schb_monthly")
    assert imports.filter(pl.col("partner_iso3") == "EUU").height == 151
    assert exports.filter(pl.col("value_usd") == 0).height == 13626
    assert sorted(exports["partner_iso3"].unique()) == ["CHE", "IRL", "TUR", "VNM"]


def test_comtrade_reporters_thin_out_in_2025():
    frame = shipped("comtrade_8542_exports_monthly_2025").sort("period_start")
    counts = frame.group_by("period_start", maintain_order=True).len()["len"].to_list()
    assert counts == [68, 65, 62, 63, 56, 51, 30, 1]
    assert set(frame["reporter_iso3"]).isdisjoint({"CHN", "KOR", "SGP", "VNM", "ARE", "TWN"})


def test_taiwan_in_comtrade_is_marked_as_proxy():
    for dataset in (name for name in DATASETS if name.startswith("comtrade_")):
        frame = shipped(dataset)
        is_taiwan = (pl.col("partner_iso3") == "TWN") | (pl.col("reporter_iso3") == "TWN")
        assert frame.filter(is_taiwan != pl.col("is_taiwan_proxy")).height == 0
    assert shipped("twmof_exports_8542_country")["is_taiwan_proxy"].sum() == 0


def test_imputed_weights_are_marked():
    for dataset in ("comtrade_usa_imports_twn_monthly", "comtrade_mys_exports_wld_monthly"):
        weighed = shipped(dataset).filter(pl.col("net_kg").is_not_null())
        assert weighed.filter((pl.col("product_code") == "847180") != pl.col("is_weight_estimated")).height == 0
