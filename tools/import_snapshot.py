"""Build data/snapshot from the publisher files in a folder: `python -m tools.import_snapshot --from DIR`.

Every file in snapshot_files.csv is parsed; one refused row stops the import before anything is written.
"""

import argparse
import gzip
import hashlib
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipelines.archive import write_atomically
from pipelines.errors import ChipflowsError, InputError, Place, explain
from pipelines.reading import LINE, REASON
from pipelines.schemas.check import require_valid
from pipelines.schemas.tables.tidy_reference import SnapshotFile
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources import japan_customs, korea_customs, taiwan_customs, un_comtrade, us_census
from pipelines.sources.country_codes import codes_of
from pipelines.sources.parsed import Codes, Parsed, Release

Parser = Callable[[bytes, Release, Codes], Parsed]

DATA = Path(__file__).resolve().parents[1] / "data"
DECLARATIONS = Path(__file__).with_name("snapshot_files.csv")
PARSERS: dict[str, Parser] = {
    "japan_customs.parse_excerpt": japan_customs.parse_excerpt,
    "korea_customs.parse_country": korea_customs.parse_country,
    "korea_customs.parse_item(M)": lambda body, release, _: korea_customs.parse_item(body, release, "M"),
    "korea_customs.parse_item(X)": lambda body, release, _: korea_customs.parse_item(body, release, "X"),
    "taiwan_customs.parse_by_country": taiwan_customs.parse_by_country,
    "taiwan_customs.parse_totals": lambda body, release, _: taiwan_customs.parse_totals(body, release),
    "un_comtrade.parse_api_csv": un_comtrade.parse_api_csv,
    "un_comtrade.parse_excerpt": un_comtrade.parse_excerpt,
    "un_comtrade.parse_legacy_csv": un_comtrade.parse_legacy_csv,
    "us_census.parse_exports": us_census.parse_exports,
    "us_census.parse_imports_annual": us_census.parse_imports_annual,
}


@dataclass(frozen=True)
class Reference:
    """The configuration tables that the import needs, as text: countries, aliases and sources."""

    countries: pl.DataFrame
    aliases: pl.DataFrame
    sources: pl.DataFrame

    @classmethod
    def load(cls, folder: Path) -> "Reference":
        """Read countries.csv, country_aliases.csv and sources.csv of data/reference."""
        return cls(*(read_text(folder / f"{name}.csv") for name in ("countries", "country_aliases", "sources")))

    def lags(self, source_id: str) -> tuple[int, int]:
        """Days from the end of a month and of a year to publication; raises InputError for an unknown source."""
        found = self.sources.filter(pl.col("source_id") == source_id)
        row = found.select("release_lag_days_monthly", "release_lag_days_annual").rows()
        if not row or None in row[0]:
            place = Place(source_id, "data/reference/sources.csv")
            raise InputError(explain(place, f"{row or 'no row'}", "both release lags in days", "complete the source"))
        return int(row[0][0]), int(row[0][1])


@dataclass(frozen=True)
class Imported:
    """One parsed publisher file with its declaration and its tidy rows."""

    declared: dict[str, str]
    release: Release
    file_bytes: int
    rows: pl.DataFrame

    @property
    def parquet(self) -> bytes:
        """The rows as Parquet; the same rows give the same bytes."""
        out = io.BytesIO()
        self.rows.write_parquet(out, compression="zstd", compression_level=19, statistics=True)
        return out.getvalue()

    def manifest_row(self) -> dict[str, str]:
        """The line of manifest.csv, as text."""
        total = self.rows["value_usd"].sum()
        measured = {
            "file_sha256": self.release.sha256,
            "file_bytes": str(self.file_bytes),
            "frequency": str(self.rows["frequency"].mode().sort().first()),
            "first_period": period_label(self.rows.row(self.rows["period_start"].arg_min() or 0, named=True)),
            "last_period": period_label(self.rows.row(self.rows["period_end"].arg_max() or 0, named=True)),
            "n_rows": str(self.rows.height),
            "value_sum_usd": plain(Decimal(total)),
        }
        return {field.name: (self.declared | measured)[field.name] for field in SnapshotFile.columns}


def read_text(path: Path) -> pl.DataFrame:
    """A CSV file with all columns as text."""
    return pl.read_csv(path, infer_schema=False)


def import_file(folder: Path, declared: dict[str, str], reference: Reference) -> Imported:
    """Read and parse one declared file; raises InputError when it is missing or any row is quarantined."""
    path = folder / declared["path"]
    if not path.is_file():
        remedy = "give the folder that holds the publisher files"
        raise InputError(explain(Place(declared["source_id"], declared["path"]), "no file", "the file", remedy))
    raw = path.read_bytes()
    monthly, annual = reference.lags(declared["source_id"])
    release = Release(
        source_id=declared["source_id"],
        dataset_id=declared["dataset_id"],
        file_name=declared["path"],
        sha256=hashlib.sha256(raw).hexdigest(),
        retrieved=date.fromisoformat(declared["retrieved"]),
        monthly_lag_days=monthly,
        annual_lag_days=annual,
    )
    codes = codes_of(declared["scheme"], reference.countries, reference.aliases)
    body = gzip.decompress(raw) if path.suffix == ".gz" else raw
    parsed = PARSERS[declared["parser"]](body, release, codes)
    refuse_quarantined(parsed, release)
    return Imported(declared, release, len(raw), require_valid(parsed.rows, TradeObs))


def refuse_quarantined(parsed: Parsed, release: Release) -> None:
    """Raise InputError that shows the first quarantined rows, if there are any."""
    bad = parsed.quarantined
    if bad.height:
        shown = "; ".join(f"line {line}: {reason}" for line, reason in bad.select(LINE, REASON).head(5).iter_rows())
        remedy = "repair the file or the reference tables"
        raise InputError(explain(release.place, f"{bad.height} refused rows ({shown})", "no refused row", remedy))


def import_all(folder: Path, reference: Reference) -> list[Imported]:
    """Parse every declared file, in order of dataset id."""
    declared = read_text(DECLARATIONS).sort("dataset_id")
    return [import_file(folder, row, reference) for row in declared.iter_rows(named=True)]


def write_snapshot(imported: Sequence[Imported], folder: Path) -> None:
    """Write one Parquet file for each dataset and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in imported:
        write_atomically(folder / f"{item.release.dataset_id}.parquet", item.parquet)
    manifest = pl.DataFrame([item.manifest_row() for item in imported]).write_csv()
    write_atomically(folder / "manifest.csv", manifest.encode())


def period_label(row: dict[str, date]) -> str:
    """2024 for a year, 2024-03 for a month, 2025-01/2025-07 for a part of a year."""
    start, end = row["period_start"], row["period_end"]
    if (start.month, end.month) == (1, 12):
        return str(start.year)
    first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
    return first if first == last else f"{first}/{last}"


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def main(arguments: Sequence[str] | None = None) -> int:
    """Import and report one line for each dataset; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.import_snapshot", description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, required=True, help="folder with the publisher files")
    parser.add_argument("--data", type=Path, default=DATA, help="data folder of the project")
    options = parser.parse_args(arguments)
    try:
        imported = import_all(options.folder, Reference.load(options.data / "reference"))
    except ChipflowsError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    write_snapshot(imported, options.data / "snapshot")
    for item in imported:
        row = item.manifest_row()
        span = f"{row['first_period']} to {row['last_period']}"
        sys.stdout.write(f"{row['dataset_id']}: {row['n_rows']} rows, {span}, {row['value_sum_usd']} USD\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
