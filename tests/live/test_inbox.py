"""Dropped files: archived, tried, taken in or refused with a reason that a person understands; nothing is deleted."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from cases.dropped import CHINA, CHINA_YUAN, FILES, TAIWAN, sidecar

from pipelines.archive import Archive
from pipelines.errors import UsageError
from pipelines.live.fetch import journal_path
from pipelines.live.inbox import take_dropped, waiting
from pipelines.live.intake import take_in_live
from pipelines.live.journal import Journal
from pipelines.live.registry import live_source


def drop(home, file, **changes):
    folder = home.inbox / file.source_id
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / changes.get("name", file.name)
    path.write_bytes(changes.get("body", file.body))
    if changes.get("sidecar", file.sidecar) is not None:
        path.with_name(path.name + ".toml").write_text(changes.get("sidecar", file.sidecar))
    return path


def rows(home):
    take_in_live(home)
    return pl.read_parquet(str(home.lake / "trade_obs" / "live.*.parquet"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dropped_file_becomes_rows(home, file):
    path = drop(home, file)
    (done,) = take_dropped(home)
    assert (done.refused, done.novelty) == ("", "release")
    assert not path.exists() and done.path.read_bytes() == file.body and done.path.parent.name == "taken"
    found = rows(home)
    assert found.height == file.n_rows
    assert found["value_usd"].sum() == (file.total_usd or 0)
    (record,) = Journal(journal_path(home, file.source_id)).records
    assert Archive(home.archive).get(record.sha256) == file.body
    assert found["vintage_at"].unique().to_list() == [date(2026, 9, 20)]


def test_taiwan_months_and_a_preliminary_range(home):
    drop(home, TAIWAN)
    take_dropped(home)
    found = rows(home).sort("source_row").rows(named=True)
    assert [(row["frequency"], row["period_status"]) for row in found] == [
        ("M", "final"), ("M", "final"), ("P", "provisional"), ("M", "final")]  # fmt: skip
    assert (found[2]["period_start"], found[2]["period_end"]) == (date(2026, 1, 1), date(2026, 5, 31))
    assert [row["flow"] for row in found] == ["X", "X", "X", "RX"]
    assert (found[0]["partner_iso3"], found[0]["net_kg"]) == ("USA", Decimal(3250))


def test_china_procedures_re_imports_and_yuan(home):
    drop(home, CHINA)
    drop(home, CHINA_YUAN)
    take_dropped(home)
    found = rows(home).sort("period_start", "source_row").rows(named=True)
    yuan, first, second, own, _ = found
    assert (yuan["value_usd"], yuan["value_local"], yuan["currency"], yuan["absence_reason"]) == (
        None, Decimal(71000), "CNY", "not_converted")  # fmt: skip
    assert [(row["customs_code"], row["value_usd"]) for row in (first, second)] == [
        ("10", Decimal(4_000_000)), ("14", Decimal(1_000_000))]  # fmt: skip
    assert (own["partner_iso3"], first["partner_iso3"]) == ("CHN", "TWN")
    assert (first["quantity"], first["quantity_unit"], first["net_kg"]) == (Decimal(20), "Set", Decimal(1500))


BROKEN = {
    "no sidecar entry": ({"sidecar": 'dataset = "twmof_dropped"\n'}, "no retrieved, first, last"),
    "not TOML": ({"sidecar": "dataset: x"}, "not TOML"),
    "an unknown feed": ({"sidecar": sidecar("twmof_other", "2026-01", "2026-05")}, "no feed 'twmof_other'"),
    "months the wrong way round": ({"sidecar": sidecar("twmof_dropped", "2026-05", "2026-01")}, "first not after last"),
    "a month that is none": ({"sidecar": sidecar("twmof_dropped", "May", "2026-01")}, "first = 'May'"),
    "an empty file": ({"body": b""}, "an empty file"),
    "another table": ({"body": b"a,b\n1,2\n"}, "the columns a, b"),
    "a web page": ({"body": b"<html><body>captcha</body></html>\n"}, "the columns"),
    "only bad rows": (
        {"body": TAIWAN.body.replace(b"84715000006", b"8471.50")},
        "column product: found '8471.50'; expected a CCC code of 11 digits",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_file_that_cannot_be_used_is_set_apart_with_its_reason(home, fault):
    changes, words = BROKEN[fault]
    path = drop(home, TAIWAN, **changes)
    body = path.read_bytes()
    (done,) = take_dropped(home)
    assert words in done.refused and "twmof" in done.refused
    assert done.path.parent.name == "refused" and done.path.read_bytes() == body
    assert words in done.path.with_name(done.path.name + ".reason.txt").read_text()
    assert Journal(journal_path(home, "twmof")).records == []
    assert take_in_live(home) == []


def test_china_needs_the_flow_and_one_month(home):
    drop(home, CHINA, sidecar=sidecar("gacc_dropped", "2026-05", "2026-05"))
    drop(home, CHINA_YUAN, sidecar=sidecar("gacc_dropped", "2026-04", "2026-05", flow="X"))
    refused = sorted(done.refused for done in take_dropped(home))
    assert "no month in the file" in refused[0] and "flow = ''" in refused[1]


def test_a_file_without_its_sidecar_waits_and_an_unknown_folder_is_refused(home):
    drop(home, TAIWAN, sidecar=None)
    assert waiting(home) == []
    (home.inbox / "nobody").mkdir()
    (home.inbox / "nobody" / "x.csv").write_text("a\n")
    (home.inbox / "nobody" / "x.csv.toml").write_text(TAIWAN.sidecar)
    (done,) = take_dropped(home)
    assert "expected one of" in done.refused and "twmof" in done.refused


def test_the_same_file_again_is_no_new_release_and_overwrites_nothing(home):
    for _ in range(2):
        drop(home, TAIWAN)
        (done,) = take_dropped(home)
    assert done.novelty == "same"
    assert len(list((home.inbox / "twmof" / "taken").glob("*.csv"))) == 2
    assert rows(home).height == TAIWAN.n_rows


def test_a_captcha_is_respected():
    source = live_source("twmof")
    with pytest.raises(UsageError, match="download the table by hand"):
        source.asks(source.feeds[0], [date(2026, 5, 1)])
