"""The publisher files themselves, where a copy of them lies beside the project: the import is complete and repeatable."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import InputError
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.country_codes import codes_of
from pipelines.sources.un_comtrade import parse_api_csv
from tools.import_snapshot import DATA, DECLARATIONS, Reference, import_all, import_file, main, read_text

FILES = Path(__file__).parents[3] / "shared" / "trade"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the publisher files are not part of the project")
HEADINGS = ["8471", "8473", "8486", "8523", "8534", "8541", "8542"]
SUBHEADINGS = ["851762", "903082", "903141"]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load(DATA / "reference")


@pytest.fixture(scope="module")
def imported(reference):
    return {item.release.dataset_id: item for item in import_all(FILES, reference)}


def test_a_second_import_gives_the_shipped_bytes(imported):
    for dataset, item in imported.items():
        assert item.parquet == (DATA / "snapshot" / f"{dataset}.parquet").read_bytes(), dataset


def test_the_manifest_is_what_the_import_says(imported):
    manifest = read_text(DATA / "snapshot" / "manifest.csv")
    assert manifest.to_dicts() == [imported[name].manifest_row() for name in sorted(imported)]


def test_hashes_are_those_of_the_files(imported):
    listed = dict(reversed(line.split()) for line in (FILES / "SHA256SUMS").read_text().splitlines())
    for item in imported.values():
        assert item.release.sha256 == listed[f"./{item.declared['path']}"]


def test_the_comparison_file_repeats_rows_of_the_annual_file(imported, reference):
    body = (FILES / "un-comtrade" / "ic_exports_comparison_uncomtrade_2013_2024.csv").read_bytes()
    codes = codes_of("comtrade", reference.countries, reference.aliases)
    annual = imported["comtrade_8542_exports_annual"]
    again = parse_api_csv(body, annual.release, codes)
    record = [name for name in TradeObs.schema() if name not in {"source_row"}]
    assert (again.rows.height, again.quarantined.height) == (36, 0)
    assert again.rows.join(annual.rows, on=record, how="anti", nulls_equal=True).height == 0


def test_the_cut_for_viet_nam_is_the_whole_file_filtered(imported):
    whole = pl.read_parquet(FILES / "us-census" / "5520data-combined.parquet")
    code = pl.col("E_COMMODITY")
    chips = whole.filter(code.str.slice(0, 4).is_in(HEADINGS) | code.str.slice(0, 6).is_in(SUBHEADINGS))
    cut = imported["uscb_exports_schb_monthly"].rows.filter(pl.col("partner_iso3") == "VNM")
    assert cut.height == chips.height
    assert cut["value_usd"].sum() == chips["ALL_VAL_MO"].cast(pl.Int64).sum()


def test_a_missing_file_is_named(tmp_path, reference):
    declared = read_text(DECLARATIONS).row(0, named=True)
    with pytest.raises(InputError, match="found no file; expected the file"):
        import_file(tmp_path, declared, reference)


def test_a_refused_row_stops_the_import(tmp_path, capsys):
    declared = read_text(DECLARATIONS)
    for path in declared["path"].unique():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((FILES / path).read_bytes())
    broken = tmp_path / "korea-customs" / "country_8542.csv"
    broken.write_bytes(broken.read_bytes().replace(b"2020.01", b"2020.99", 1))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "reference").symlink_to(DATA / "reference")
    assert main(["--from", str(tmp_path), "--data", str(tmp_path / "data")]) == 3
    assert "1 refused rows (line 2: column" in capsys.readouterr().err
    assert not (tmp_path / "data" / "snapshot").exists()


def test_parquet_bytes_do_not_depend_on_the_run(imported):
    item = imported["kcs_8542_country"]
    assert hashlib.sha256(item.parquet).digest() == hashlib.sha256(item.parquet).digest()
