"""Two editions side by side: every row of both, both states, and files named after the editions."""

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.exports.compare import compare_editions, write_comparison
from pipelines.home import Edition

TABLES = {
    "rpt_answer": "answer_id VARCHAR, title VARCHAR, unit_of_account VARCHAR, answer_p05 DOUBLE, answer_p50 DOUBLE, "
    "answer_p95 DOUBLE, apart_p05 DOUBLE, apart_p95 DOUBLE, absence_reason VARCHAR",
    "rpt_claim_chain": "link_no BIGINT, link_title VARCHAR, link_unit VARCHAR, link_low DOUBLE, link_central DOUBLE, "
    "link_high DOUBLE, link_verdict VARCHAR",
    "rpt_mix_interval": "scope VARCHAR, period_id VARCHAR, mix_series VARCHAR, unit_of_account VARCHAR, channel VARCHAR, "
    "channel_part VARCHAR, share_p05 DOUBLE, share_p50 DOUBLE, share_p95 DOUBLE, absence_reason VARCHAR, mix_state VARCHAR",
}


def edition(folder, **rows):
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "chipflows.duckdb")) as con:
        con.execute("CREATE SCHEMA exports")
        for name, columns in TABLES.items():
            con.execute(f"CREATE TABLE exports.{name} ({columns})")
            for row in rows.get(name, ()):
                con.execute(f"INSERT INTO exports.{name} VALUES ({', '.join('?' * len(row))})", row)
    return Edition(folder)


@pytest.fixture
def editions(tmp_path):
    then = edition(
        tmp_path / "as-of" / "2025-07-30",
        rpt_answer=[("share", "Share", "h100e", None, None, None, None, None, "input_not_known")],
        rpt_claim_chain=[(11, "How much?", "chips", 1.0, 2.0, 3.0, "floor_only")],
    )
    now = edition(
        tmp_path / "main",
        rpt_answer=[
            ("share", "Share", "h100e", 0.1, 0.2, 0.3, None, None, None),
            ("change", "Change", "chips", -0.1, 0.0, 0.1, -1.0, 1.0, None),
        ],
        rpt_claim_chain=[(11, "How much?", "chips", 1.0, 2.0, 4.0, "floor_only")],
        rpt_mix_interval=[("arrivals", "2024H1", "backbone", "chips", "legal", "all", 0.1, 0.2, 0.3, None, "complete")],
    )
    return then, now


def test_every_row_of_both_editions_is_there_with_both_states(editions):
    rows = {row["row_key"]: row for row in compare_editions(*editions).iter_rows(named=True)}
    assert set(rows) == {"share", "change", "11", "arrivals 2024H1 backbone chips legal all"}
    assert (rows["share"]["first_state"], rows["share"]["first_central"], rows["share"]["second_central"]) == (
        "input_not_known",
        None,
        0.2,
    )
    assert (rows["change"]["first_state"], rows["change"]["second_state"]) == ("not_in_edition", None)
    assert (rows["change"]["second_low"], rows["change"]["second_high"]) == (-1.0, 1.0), "the wider interval is compared"
    assert (rows["11"]["first_high"], rows["11"]["second_high"], rows["11"]["first_state"]) == (3.0, 4.0, "floor_only")
    assert rows["arrivals 2024H1 backbone chips legal all"]["second_state"] == "complete"


def test_the_other_way_round_is_the_mirror_image(editions):
    forth, back = compare_editions(*editions), compare_editions(*reversed(editions))
    assert (
        forth.select("row_key", "first_central", "second_central").rows()
        == back.select("row_key", "second_central", "first_central").rows()
    )


def test_the_file_names_both_editions(editions, tmp_path):
    path = write_comparison(tmp_path / "comparisons", "2025-07-30", "main", compare_editions(*editions))
    assert path.name == "2025-07-30_against_main.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    assert "2025-07-30_central" in header
    assert "main_central" in header
    assert "first_" not in header


def test_an_edition_that_was_not_built_is_named_with_the_command(editions, tmp_path):
    with pytest.raises(UsageError, match="chipflows build --as-of 2020-01-01"):
        compare_editions(Edition(tmp_path / "as-of" / "2020-01-01"), editions[1])
