"""The description of the data folder lists every file that ships, with its number of rows."""

import csv
import re
from pathlib import Path

import polars as pl

DATA = Path(__file__).parents[2] / "data"
LINE = re.compile(r"^\| `([a-z0-9_]+)(?:\.csv)?` \| (\d+) \|", re.MULTILINE)


def shipped_rows() -> dict[str, int]:
    found = {path.stem: pl.scan_parquet(path).select(pl.len()).collect().item() for path in DATA.glob("*/*.parquet")}
    for path in (*DATA.glob("facts/*.csv"), *DATA.glob("reference/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = sum(1 for _ in csv.DictReader(file))
    return found


def test_the_readme_lists_every_file_with_its_rows():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert {name: int(rows) for name, rows in LINE.findall(text)} == shipped_rows()
