"""How the exported files are cited (CITATION.cff), and the checksum of every one of them (SHA256SUMS)."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from pipelines.exports.hashes import sha256

CITATION = "CITATION.cff"
CHECKSUMS = "SHA256SUMS"
ABSTRACT = (
    "Report tables of one warehouse release, as CSV and Parquet, with passports, a report and a data package. Estimates and "
    "claims keep the label of the row they stand in; cite the source named there as well."
)
# Publishers of the rows that this release was built from; facts that this project compiled name their page in each row.
CITED = """
    SELECT publisher, title, url FROM core.dim_source
    WHERE source_id <> 'curated' AND (source_id IN (SELECT source_id FROM core.dim_dataset)
        OR publisher IN (SELECT publisher FROM core.fact_compute_series))
    ORDER BY source_id
"""


def citation(con: duckdb.DuckDBPyConnection, release: str, as_of: date, title: str) -> bytes:
    """The citation file of a release, in Citation File Format 1.2.0, with the publishers it rests on as references."""
    about = {
        "cff-version": "1.2.0",
        "message": "Cite this release together with the publishers below, whose attribution stands in datapackage.json.",
        "type": "dataset",
        "title": title,
        "version": release,
        "date-released": as_of.isoformat(),
        "abstract": ABSTRACT,
    }
    lines = [f"{key}: {_text(value)}" for key, value in about.items()]
    lines += ["authors:", f"  - name: {_text('The chipflows project')}", "references:"]
    for publisher, name, url in con.sql(CITED).fetchall():
        lines += ["  - type: data", f"    title: {_text(name)}", "    authors:", f"      - name: {_text(publisher)}"]
        lines += [f"    url: {_text(url)}"] if str(url).startswith("http") else []
    return ("\n".join(lines) + "\n").encode()


def checksums(files: Mapping[str, bytes]) -> bytes:
    """Lines that `sha256sum -c` reads, from the files by their path below the folder."""
    return "".join(f"{sha256(body)}  {path}\n" for path, body in sorted(files.items())).encode()


def checksums_of(folder: Path) -> bytes:
    """The same from every file that lies in a folder, but the checksum file itself."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return checksums({name: path.read_bytes() for name, path in found.items() if name != CHECKSUMS})


def checksums_in(folder: Path) -> dict[str, str]:
    """The checksum of every file by its path, as the checksum file of the folder has them; none where there is no such file."""
    path = folder / CHECKSUMS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _text(value: str) -> str:
    """A value as YAML reads it whatever is in it: JSON in quotes is YAML."""
    return json.dumps(value, ensure_ascii=False)
