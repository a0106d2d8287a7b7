"""Archive to lake: shipped bytes are archived, tidied, accounted for row by row, and written as Parquet."""

import io
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.archive import Archive, Entry, write_atomically
from pipelines.errors import InputError, Place, explain
from pipelines.home import Home
from pipelines.schemas.tables.meta import Dataset
from pipelines.tidy.curated import Tidied, tidy_csv, tidy_parquet
from pipelines.tidy.inputs import USER_CLAIMS, USER_GROUP, Input, shipped_inputs, user_claims_input
from pipelines.tidy.scenarios import tidy_scenario
from pipelines.tidy.user_claims import Reading, read_user_claims

CURATED_SOURCE = "curated"
LIVE_PREFIX = "live."  # names of lake files that come from archived answers
CURATED_LICENCE = "compiled_facts"
COMPILED = "2026-11-23"
USER_LICENCE = "user_supplied"
READERS = {".csv": tidy_csv, ".parquet": tidy_parquet, ".toml": tidy_scenario}


@dataclass(frozen=True)
class Account:
    """Rows of one dataset: read = accepted + quarantined (law 4), with the hash of the bytes they came from."""

    dataset_id: str
    dataset_group: str
    table_name: str
    source_id: str
    licence_id: str
    file_name: str
    content_sha256: str
    retrieved: date
    rows_read: int
    rows_accepted: int
    rows_quarantined: int


def take_in(item: Input, home: Home, origins: dict[str, dict[str, object]]) -> Account:
    """Archive, tidy and store one shipped file; raises InputError for an unusable file. Quarantined rows are kept and counted."""
    place = Place(item.group, f"data/{item.group}/{item.path.name}")
    if not item.path.exists():
        raise InputError(explain(place, "no file", "a shipped file", "restore it from the repository"))
    body = item.path.read_bytes()
    archive = Archive(home.archive)
    digest = archive.put(body)
    entry = _entry(item, digest, len(body), origins.get(item.dataset_id, {}))
    archive.register(entry)
    tidied = READERS[item.path.suffix](archive.get(digest), item.table, place)
    _store(item, tidied, home)
    return _account(item, entry, tidied)


def take_in_user_claims(path: Path, home: Home) -> tuple[Account, Reading]:
    """Archive and check a user's own claims; they enter the lake only when there is no fault, else the quarantine keeps them."""
    if not path.is_file():
        remedy = "give the path of a CSV file; `chipflows claims template` prints one to start from"
        raise InputError(explain(Place("claims", str(path)), "no file", "a file of claims", remedy))
    item, body = user_claims_input(path), path.read_bytes()
    archive = Archive(home.archive)
    digest = archive.put(body)
    origin = {"source_id": USER_GROUP, "licence_id": USER_LICENCE, "origin_url": f"the user's file {path.name}"}
    entry = _entry(item, digest, len(body), dict(origin))
    archive.register(entry)
    reading = read_user_claims(archive.get(digest), path.name, home)
    if reading.faults:
        _keep_refused(item, reading.tidied, home)
    else:
        _store(item, reading.tidied, home)
    return _account(item, entry, reading.tidied), reading


def leave_out_user_claims(home: Home) -> None:
    """Empty the lake of a user's claims and forget their account: a build without them holds nothing of an earlier one."""
    item = user_claims_input(Path())
    _store(item, Tidied(item.table.empty(), item.table.empty(), 0), home)
    path = home.lake / Dataset.name / "accounts.parquet"
    if path.exists():
        _write_parquet(pl.read_parquet(path).filter(pl.col("dataset_id") != USER_CLAIMS), home, Dataset.name, "accounts")


def origins_of(home: Home) -> dict[str, dict[str, object]]:
    """Origin of each statistics file by dataset id, from the manifest of the snapshot; empty when there is no manifest."""
    manifest = home.data / "snapshot" / "manifest.csv"
    if not manifest.exists():
        return {}
    frame = pl.read_csv(manifest, infer_schema_length=0)
    return {str(row["dataset_id"]): row for row in frame.iter_rows(named=True)}


def latest_retrieval(home: Home) -> date:
    """The latest day on which a shipped input was obtained: the as-of day of a build that names none."""
    return date.fromisoformat(max([COMPILED, *(str(row["retrieved"]) for row in origins_of(home).values())]))


def first_refused(account: Account, home: Home, n: int = 20) -> pl.DataFrame:
    """The first refused rows of a dataset: line, reason, row text."""
    return pl.read_csv(home.quarantine / f"{account.dataset_id}.csv", infer_schema_length=0).head(n)


def refusal(account: Account, home: Home) -> str:
    """What was refused and why, with the first rows and where all of them are kept."""
    lines = "\n".join(f"  line {line}: {reason}\n    {text}" for line, reason, text in first_refused(account, home, 10).rows())
    return (
        f"data/{account.dataset_group}/{account.file_name}: {account.rows_quarantined} of {account.rows_read} rows refused; "
        f"all of them are in {home.quarantine / account.dataset_id}.csv; repair them and run again\n{lines}"
    )


def merge_accounts(accounts: list[Account], home: Home) -> None:
    """Add or replace accounts in the table of datasets (tidy.dataset) that conservation checks and walk-back read."""
    fresh = pl.DataFrame([asdict(account) for account in accounts], schema=dict(Dataset.schema()))
    path = home.lake / Dataset.name / "accounts.parquet"
    shipped = [*(item.dataset_id for item in shipped_inputs(home.data)), USER_CLAIMS]
    if path.exists():
        old = pl.read_parquet(path)
        keep = old.filter(~pl.col("dataset_id").is_in(fresh["dataset_id"].implode()))
        fresh = pl.concat([keep.select(fresh.columns), fresh])
    kept = fresh.filter(pl.col("dataset_id").is_in(pl.Series(shipped).implode())).sort("dataset_id")
    _forget_removed(kept, home)
    _write_parquet(kept, home, Dataset.name, "accounts")


def _forget_removed(accounts: pl.DataFrame, home: Home) -> None:
    """Remove lake files of datasets that no longer ship, so that the lake holds what the accounts say (live ones: see intake)."""
    known = {"accounts", USER_CLAIMS, *(item.dataset_id for item in shipped_inputs(home.data)), *accounts["dataset_id"]}
    for path in home.lake.glob("*/*.parquet"):
        if path.stem not in known and not path.name.startswith(LIVE_PREFIX):
            path.unlink()


def _entry(item: Input, digest: str, size: int, origin: dict[str, object]) -> Entry:
    return Entry(
        source_id=str(origin.get("source_id", CURATED_SOURCE)),
        dataset_id=item.dataset_id,
        file_name=item.path.name,
        sha256=digest,
        bytes=size,
        licence_id=str(origin.get("licence_id", CURATED_LICENCE)),
        retrieved=str(origin.get("retrieved", COMPILED)),
        origin=str(origin.get("origin_url", f"data/{item.group}/{item.path.name}")),
    )


def _store(item: Input, tidied: Tidied, home: Home) -> None:
    _write_parquet(tidied.rows, home, item.table.name, item.dataset_id)
    _keep_refused(item, tidied, home)


def _keep_refused(item: Input, tidied: Tidied, home: Home) -> None:
    quarantine = home.quarantine / f"{item.dataset_id}.csv"
    if tidied.quarantined.height:
        quarantine.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(quarantine, tidied.quarantined.write_csv().encode())
    else:
        quarantine.unlink(missing_ok=True)


def _write_parquet(frame: pl.DataFrame, home: Home, table: str, name: str) -> None:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=True)
    path = home.lake / table / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, out.getvalue())


def _account(item: Input, entry: Entry, tidied: Tidied) -> Account:
    return Account(
        dataset_id=item.dataset_id,
        dataset_group=item.group,
        table_name=item.table.full_name(),
        source_id=entry.source_id,
        licence_id=entry.licence_id,
        file_name=entry.file_name,
        content_sha256=entry.sha256,
        retrieved=date.fromisoformat(entry.retrieved),
        rows_read=tidied.n_read,
        rows_accepted=tidied.rows.height,
        rows_quarantined=tidied.quarantined.height,
    )
