"""CEPII BACI: members in name order, units, the code of Taiwan, what is left aside, years of a release, mutated lines."""

import io
import os
import zipfile
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import ChipflowsError, InputError, UsageError
from pipelines.live import bulk
from pipelines.live.bulk import Totals, bulk_parts
from pipelines.live.intake import _validated
from pipelines.live.plan import periods_of
from pipelines.schemas.tables.baci import BaciFlow
from pipelines.sources.cepii_baci import PINNED, CepiiBaci
from pipelines.sources.contract import Answer, Kind
from pipelines.sources.parsed import Codes, Parsed, Release

SOURCE = CepiiBaci()
FEED = SOURCE.feeds[0]
EXAMPLES = int(os.environ.get("CHIPFLOWS_FUZZ", "100"))
CODES = Codes({"156": "CHN", "344": "HKG", "490": "TWN", "842": "USA", "699": "IND", "0": "WLD", "97": "EUU"})
RELEASE = Release("baci", "baci_flow", "BACI_HS22_V202601.zip", "0" * 64, date(2026, 9, 20), -334, -334)
HEADER = "t,i,j,k,v,q\n"
NASTY = ["", ",", "\n", "\r\n", '"', "-1", "NaN", "1e400", "9" * 24, "9999AA", "490", "NA", "8542", "\x00", "é", "９", " "]


def question(release=2026, revision="HS22"):
    (ask,) = SOURCE.asks(FEED, [date(release, 1, 1)], revision)
    return ask


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in members.items():
            out.writestr(name, text)
    return path


def year_of(year, *lines):
    return {f"BACI_HS22_Y{year}_V202601.csv": HEADER + "".join(f"{line}\n" for line in lines)}


def parts_of(path, ask=None):
    texts = bulk_parts(path, path.parent, FEED, RELEASE.place)
    return [_validated(SOURCE.bulk_text(ask or question(), text, RELEASE, CODES), BaciFlow) for text in texts]


def parse(*lines, tmp_path, header=HEADER, ask=None):
    path = archive(tmp_path / "baci.zip", {"BACI_HS22_Y2023_V202601.csv": header + "".join(f"{line}\n" for line in lines)})
    return whole(parts_of(path, ask))


def whole(parts):
    if not parts:
        return Parsed(BaciFlow.empty(), 0)
    skipped = {}
    for part in parts:
        for name, n in part.skipped.items():
            skipped[name] = skipped.get(name, 0) + n
    rows, quarantined = pl.concat([part.rows for part in parts]), pl.concat([part.quarantined for part in parts])
    return Parsed(rows, sum(part.n_read for part in parts), quarantined, skipped)


def test_one_archive_for_each_release_and_revision():
    asks = SOURCE.asks(FEED, [date(2026, 1, 1), date(2025, 1, 1), date(2026, 5, 1)], "HS17")
    assert [SOURCE.request(ask).path for ask in asks] == ["BACI_HS17_V202501.zip", "BACI_HS17_V202601.zip"]
    assert all(SOURCE.is_final(ask) and SOURCE.split(ask) == [] for ask in asks)
    with pytest.raises(UsageError, match="HS22, HS17, HS12"):
        SOURCE.asks(FEED, [date(2026, 1, 1)], "HS99")


def test_a_release_is_asked_for_when_its_january_is_over():
    assert [day.year for day in periods_of(FEED, date(2026, 1, 30))] == [2025]
    assert [day.year for day in periods_of(FEED, date(2026, 1, 31))] == [2025, 2026]


def test_only_an_archive_that_was_looked_at_is_pinned():
    assert FEED.pinned == PINNED and all(len(digest) == 64 for digest in PINNED)


def test_an_archive_without_its_end_is_waited_for_and_a_large_one_is_judged_by_its_beginning():
    body = b"PK\x03\x04" + b"x" * 100
    assert SOURCE.judge(question(), Answer(200, {"content-length": str(len(body))}, body)).kind is Kind.WAIT
    assert SOURCE.judge(question(), Answer(200, {"content-length": "1267950839"}, body)).kind is Kind.DATA
    assert SOURCE.judge(question(), Answer(404, {}, b"")).kind is Kind.NOT_YET


def test_thousand_dollars_become_dollars_and_nothing_becomes_no_quantity(tmp_path):
    parsed = parse(
        "2023,156,344,854231,1500.25,12.5",
        "2023,156,842,854231,0.001,NA",
        "2023,344,156,854231,2,",
        "2023,156,699,854231,1e+05,   NA",
        '2023,344,699,"854231",3,1.5e-03',
        tmp_path=tmp_path,
    )
    assert parsed.rows["value_usd"].to_list() == [
        Decimal("1500250"),
        Decimal("1"),
        Decimal("2000"),
        Decimal(10**8),
        Decimal(3000),
    ]
    assert parsed.rows["quantity_tonnes"].to_list() == [Decimal("12.5"), None, None, None, Decimal("0.0015")]
    assert not parsed.quarantined.height


def test_taiwan_stands_under_490_and_is_marked(tmp_path):
    rows = parse("2023,490,842,854231,2,1", "2023,156,490,854231,2,1", "2023,156,842,854231,2,1", tmp_path=tmp_path).rows
    assert rows["exporter_iso3"].to_list() == ["TWN", "CHN", "CHN"] and rows["importer_iso3"].to_list() == ["USA", "TWN", "USA"]
    assert rows["is_taiwan_proxy"].to_list() == [True, True, False]


def test_what_is_not_followed_leaves_by_name_and_keeps_its_count(tmp_path):
    parsed = parse(
        "2023,156,842,854231,2,1",
        "2023,156,842,9999AA,5,1",
        "2023,156,842,010121,5,1",
        "2023,156,842,10121,5,1",  # a zero was lost
        "2023,156,842,854911,5,1",  # waste is another heading
        "2023,156,842,8542310,5,1",
        "2023,156,842,85423,5,1",
        tmp_path=tmp_path,
    )
    assert parsed.rows["product_code"].to_list() == ["854231"]
    assert parsed.skipped == {"special code 9999AA": 1, "heading that is not followed": 4}
    assert parsed.quarantined["_reason"].str.contains("column k: found '8542310'").to_list() == [True]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2021,156,842,854231,2,1", "a year from 2022 to 2025"),
        ("2026,156,842,854231,2,1", "a year from 2022 to 2025"),
        ("2023,0,842,854231,2,1", "a country listed"),
        ("2023,97,842,854231,2,1", "a country listed"),
        ("2023,156,1,854231,2,1", "a country listed"),
        ("2023,156,842,854231,-2,1", "not negative"),
        ("2023,156,842,854231,,1", "column v: found nothing"),
        ("2023,156,842,854231,2,many", "column q"),
        ("2023,156,842,854231,2", "another number of fields"),
    ],
)
def test_a_broken_row_is_quarantined_with_its_reason(tmp_path, line, words):
    parsed = parse(line, "2023,156,344,854231,2,1", tmp_path=tmp_path)
    assert parsed.rows.height == 1 and words in parsed.quarantined["_reason"][0]


def test_a_cell_that_is_there_twice_is_kept_in_neither(tmp_path):
    parsed = parse("2023,156,842,854231,2,1", "2023,156,842,854231,3,1", "2023,156,344,854231,4,1", tmp_path=tmp_path)
    assert parsed.rows["value_usd"].to_list() == [Decimal(4000)] and parsed.quarantined.height == 2


def test_a_release_is_known_from_the_end_of_its_january_and_names_itself(tmp_path):
    row = parse("2023,156,842,854231,2,1", tmp_path=tmp_path).rows.row(0, named=True)
    assert (row["known_at"], row["vintage_at"]) == (date(2026, 1, 31), date(2026, 9, 20))
    assert (row["release_name"], row["hs_revision"]) == ("V202601", "H6")
    assert (row["period_start"], row["period_end"]) == (date(2023, 1, 1), date(2023, 12, 31))


def test_members_come_in_name_order_and_their_lines_are_counted_on(tmp_path):
    members = {"Readme.txt": "t\n"} | year_of(2024, "2024,156,842,854231,2,1") | year_of(2022, *["2022,156,842,854231,2,1"])
    members |= {"country_codes_V202601.csv": "country_code\n4\n"} | year_of(2023, "2023,156,842,854231,2,1")
    rows = whole(parts_of(archive(tmp_path / "baci.zip", members))).rows
    assert rows["period_start"].dt.year().to_list() == [2022, 2023, 2024]
    assert rows["source_row"].to_list() == [2, 4, 6]


def test_lines_are_counted_on_after_a_member_without_a_last_line_end(tmp_path):
    first = {name: text.rstrip("\n") for name, text in year_of(2022, "2022,156,842,854231,2,1").items()}
    rows = whole(parts_of(archive(tmp_path / "baci.zip", first | year_of(2023, "2023,156,842,854231,2,1")))).rows
    assert rows["source_row"].to_list() == [2, 4]


@pytest.mark.parametrize("size", [40, 101, 10_000])
def test_batches_of_any_size_give_the_same_rows(tmp_path, monkeypatch, size):
    monkeypatch.setattr(bulk, "CHUNK", size)
    lines = [f"{{year}},{i},{j},85423{k},{k}.5,1" for i in (156, 344, 490) for j in (842, 699) for k in (1, 2, 3)]
    members = {}
    for year in (2022, 2023):
        members |= year_of(year, *(line.format(year=year) for line in lines), f"{year},156,842,854231,9,1")
    totals = Totals()
    for part in parts_of(archive(tmp_path / "baci.zip", members)):
        totals.add(part)
    assert totals.n_read == totals.n_accepted + totals.n_quarantined == 2 * 19
    rows = whole(parts_of(archive(tmp_path / "baci.zip", members))).rows
    assert rows["source_row"].is_unique().all() and rows["source_row"].max() <= 40


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "an archive of nothing"),
        ({"Readme.txt": "x"}, "an archive of Readme.txt"),
        ({"BACI_HS22_Y2023_V202601.txt": HEADER}, "members named like"),
        ({"a/BACI_HS22_Y2023_V202601.csv": HEADER, "BACI_HS22_Y2023_V202601.csv": HEADER}, "each once"),
        ({"BACI_HS22_Y2023_V202601.csv": ""}, "an empty file"),
        ({"BACI_HS22_Y2023_V202601.csv": "t,i,j,k,v\n2023,156,842,854231,2\n"}, "no q"),
        ({"BACI_HS22_Y2023_V202601.csv": "year,i,j,k,v,q\n2023,156,842,854231,2,1\n"}, "no t"),
    ],
)
def test_an_archive_with_other_members_or_columns_is_named(tmp_path, members, words):
    with pytest.raises(InputError, match="baci") as caught:
        parts_of(archive(tmp_path / "baci.zip", members))
    assert words in str(caught.value)


def test_a_truncated_or_damaged_archive_is_named(tmp_path):
    lines = [f"2023,156,842,8542{n:02},{n},1" for n in range(90)]
    body = archive(tmp_path / "baci.zip", year_of(2023, *lines)).read_bytes()
    middle = body[:200] + bytes(byte ^ 0xFF for byte in body[200:260]) + body[260:]
    for broken in (body[: len(body) // 2], body[:-10], b"PK", middle):
        (tmp_path / "broken.zip").write_bytes(broken)
        with pytest.raises(InputError, match="cannot be read"):
            parts_of(tmp_path / "broken.zip")
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]  # nothing unpacked is left


@st.composite
def mutated(draw):
    text = HEADER + "2023,156,344,854231,1500.25,12.5\n2023,490,842,854232,2000,NA\n2023,156,842,9999AA,1,1\n"
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start, min(len(text), start + 40)))
        text = text[:start] + draw(st.sampled_from(NASTY) | st.text(max_size=3) | st.just(text[start:end] * 2)) + text[end:]
        text = text or "\n"
    return text.encode("utf-8", "replace")


def test_a_mutated_member_is_named_or_set_apart(tmp_path_factory):
    folder = tmp_path_factory.mktemp("baci")

    @settings(max_examples=EXAMPLES // 4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(mutated())
    def check(body):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("BACI_HS22_Y2023_V202601.csv", body)
        (folder / "baci.zip").write_bytes(out.getvalue())
        try:
            whole(parts_of(folder / "baci.zip"))  # Parsed refuses to be built when a row is lost
        except ChipflowsError as error:
            assert "baci" in str(error)

    check()
