"""What the parser tests share: a release, small country lists, and short ways to look at a result."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.parsed import Codes, Parsed, Release

MakeRelease = Callable[..., Release]


@pytest.fixture
def make_release() -> MakeRelease:
    """A release with lags of 15 and 60 days, retrieved on 9 October 2026 unless told otherwise."""

    def make(**changes: Any) -> Release:
        given: dict[str, Any] = {
            "source_id": "publisher",
            "dataset_id": "dataset",
            "file_name": "file.csv",
            "sha256": "0" * 64,
            "retrieved": date(2026, 10, 9),
            "monthly_lag_days": 15,
            "annual_lag_days": 60,
        }
        return Release(**given | changes)

    return make


@pytest.fixture
def release(make_release: MakeRelease) -> Release:
    return make_release()


@pytest.fixture
def codes() -> Codes:
    """Codes of several publishers in one list; their spellings do not overlap."""
    letters = {
        "CN": "CHN",
        "KR": "KOR",
        "TW": "TWN",
        "US": "USA",
        "VN": "VNM",
        "HK": "HKG",
        "OTHER": "XOT",
        "WORLD": "WLD",
    }
    comtrade = {"0": "WLD", "156": "CHN", "458": "MYS", "490": "TWN", "764": "THA", "792": "TUR", "842": "USA"}
    census = {"0003": "EUU", "5520": "VNM", "5830": "TWN"}
    chinese = {"中國大陸": "CHN", "香港": "HKG", "泰國": "THA"}
    return Codes(letters | comtrade | census | chinese)


@pytest.fixture
def valid() -> Callable[[Parsed], pl.DataFrame]:
    """Rows of a result after the assertion that they meet the declaration of TradeObs and that nothing was lost."""

    def check(parsed: Parsed) -> pl.DataFrame:
        assert dict(parsed.rows.schema) == dict(TradeObs.schema())
        assert failures(parsed.rows, TradeObs).rows() == []
        assert parsed.rows["source_row"].is_sorted()
        assert parsed.n_read == parsed.rows.height + parsed.quarantined.height
        return parsed.rows

    return check
