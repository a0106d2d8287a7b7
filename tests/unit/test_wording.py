"""The wording ladder: what fires at which rung, what is innocent, what is exempt, and that SQL and Python read it alike."""

import csv
import re
from contextlib import closing

import duckdb
import polars as pl
import pytest

from pipelines.errors import CheckFailed
from pipelines.exports.wording import (
    SHIPPED,
    is_text,
    ladder_from,
    require_drawn_wording,
    require_frame_wording,
    require_wording,
    shipped_ladder,
)
from pipelines.home import CHECKOUT
from pipelines.schemas.evidence import EVIDENCE
from pipelines.schemas.table import table
from pipelines.schemas.tables import catalog
from pipelines.warehouse.audit import load_checks

TABLES = catalog.declared_tables()
SUMMARY = TABLES["exports.rpt_summary"]
with SHIPPED.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
FORBIDDEN = [row for row in ROWS if row["phrase_kind"] == "forbidden"]
SAMPLES = [(row, sample.removesuffix(" ...")) for row in FORBIDDEN for sample in row["phrase"].split(", ")]
NAMED_BY_THE_METHOD = (
    "because", "caused", "cause", "causes", "due to", "led to", "drove", "driven by", "prefer", "preferred", "effect of",
    "impact of", "resulted in", "thanks to", "substitute for", "substituted for", "displaced", "evidence of",
)  # fmt: skip
QUOTED = 'The paper says: "Exports fell because of the rule" (source: ft-2025-b200-1bn).'


def fault(text: str, rung: str, *, is_statement: bool = False) -> str | None:
    return shipped_ladder()[rung].fault(text, is_statement=is_statement)


@pytest.mark.parametrize(("row", "sample"), SAMPLES, ids=[sample for _, sample in SAMPLES])
def test_a_forbidden_phrase_fires_from_its_lowest_to_its_highest_rung(row, sample):
    fires = [fault(f"Exports {sample} the rule.", rung) is not None for rung in EVIDENCE]
    expected = [int(row["lowest_rung"]) <= number <= int(row["highest_rung"]) for number in range(5)]
    assert fires == expected


@pytest.mark.parametrize("sample", [sample for _, sample in SAMPLES])
def test_a_forbidden_phrase_is_found_in_any_case_and_over_lines_but_not_inside_a_word(sample):
    for text in (sample.upper(), sample.replace(" ", "\n"), sample.replace(" ", " \t "), f"**{sample}**", f"({sample})"):
        assert fault(text, "accounting"), text
    assert fault(f"x{sample}x", "accounting") is None


@pytest.mark.parametrize("row", FORBIDDEN, ids=lambda row: row["phrase_id"])
def test_every_expression_stands_on_word_boundaries_and_a_rung_forbids_no_less_than_the_next(row):
    for part in re.split(r"\|(?![^(]*\))", row["phrase_pattern"]):
        assert part.startswith(r"\b") and part.endswith(r"\b"), part
    assert row["lowest_rung"] == "0"
    assert "(?!" not in row["phrase_pattern"] and "(?<" not in row["phrase_pattern"], "the SQL engine has no look-around"


def test_the_words_that_the_method_names_are_in_the_ladder():
    for word in NAMED_BY_THE_METHOD:
        assert fault(f"It {word} it.", "accounting") and fault(f"It {word} it.", "descriptive"), word
    for word in ("caused", "because", "effect"):
        assert fault(f"It {word} it.", "comparative"), word


ALLOWED = {
    "accounting": "Two million reported; three million implied by the annual report.",
    "descriptive": "Exports fell by 20 %, which coincided with the rule.",
    "comparative": "Exports fell relative to comparable goods.",
    "quasi_experimental": "The estimated effect of the rule is -20 %, assuming that both goods would have moved alike.",
    "structural": "In the model, given these prices, tighter rules cause smuggling to rise, because the premium rises.",
}


@pytest.mark.parametrize(("rung", "text"), ALLOWED.items())
def test_the_wording_of_a_rung_stands_there(rung, text):
    assert fault(text, rung, is_statement=True) is None


@pytest.mark.parametrize(("rung", "text"), list(ALLOWED.items())[2:])
def test_the_wording_of_a_rung_does_not_stand_below_comparative(rung, text):
    assert fault(text, "accounting") and fault(text, "descriptive")


def test_an_effect_needs_its_assumption_in_the_same_sentence():
    assert fault("The estimated effect is -20 %.", "quasi_experimental")
    assert fault("The estimated effect is -20 %. Later, assuming nothing.", "quasi_experimental")
    assert fault("The effect is -20 %, assuming parallel trends.", "quasi_experimental")
    assert fault("The estimated effects are small, assuming parallel trends; caused by the rule.", "quasi_experimental")


def test_a_statement_of_a_scenario_says_that_it_is_one():
    assert fault("Smuggling rises by 10 %.", "structural", is_statement=True)
    assert fault("Smuggling rises by 10 %.", "structural") is None, "names and reasons beside it need not repeat it"
    assert fault('He said "in the model" (source: x), and it rises.', "structural", is_statement=True)
    assert fault("In the model it rises, which proves it.", "structural", is_statement=True)


INNOCENT = (
    "The effective date of the rule is 2025-01-15.",
    "Effectiveness, leakage and displacement: substitution metrics.",
    "Day of effect confirmed; the rule takes effect on 2026-01-01, legal effect on 2025-04-05.",
    "Announced 2023-03-08, effect 2023-09-01.",
    "Fixed effects of lane and code; `effects` is the default method.",
    "Not identified: whether firms prefer lawful access because of the rule.",
    "Whether legal access led to less smuggling is not identified by these data.",
    "Two reports that differ, which is no evidence of evasion.",
    "The change coincides with the rule; it does not show an effect.",
    "A small one from a part of the table proves nothing.",
    "A casual remark; a leading exporter; duty paid; the lot was due by February; it can lead to this code too.",
    "Floors are prior-driven; preference of rows; substitute goods; the reporter of a causeway.",
    "https://example.org/news/a-bubble-caused-by-chips?impact=because",
)


@pytest.mark.parametrize("text", INNOCENT)
@pytest.mark.parametrize("rung", EVIDENCE[1:4])
def test_innocent_words_do_not_fire(text, rung):
    assert fault(text, rung) is None


NOT_EXEMPT = (
    "Not identified: the size. It fell because of the rule.",
    "Whether it fell is not identified; it fell because of the rule.",
    "Effects were large.",
    "The effect on exports was large.",
    "There is evidence of evasion.",
    "This is not due · to it, but due to it.",
)


@pytest.mark.parametrize("text", NOT_EXEMPT)
def test_an_exemption_ends_where_it_ends(text):
    assert fault(text, "descriptive")


@pytest.mark.parametrize("text", [QUOTED, QUOTED.replace('say: "', "say: “"), "“Firms\nprefer lawful access”(source: a, b)"])
def test_a_quotation_with_its_source_is_not_said_by_us(text):
    assert fault(text, "accounting") is None


@pytest.mark.parametrize(
    "text",
    [
        QUOTED.replace(" (source: ft-2025-b200-1bn)", ""),
        QUOTED.replace("ft-2025-b200-1bn", " "),
        QUOTED.replace('" (source', '", it says (source'),
        QUOTED.replace('"', "'"),
        QUOTED.replace('rule" ', "rule "),
        QUOTED.replace("The paper says", "This is so because"),
        QUOTED + " It fell because of it.",
        '"Fell" because of "the rule" (source: x)',
    ],
)
def test_a_quotation_without_its_marks_or_source_is_read_as_ours(text):
    assert fault(text, "descriptive")


def test_what_is_taken_out_does_not_join_its_neighbours():
    assert fault('It was due "a" (source: b) to it.', "accounting") is None


def test_the_error_names_place_word_rung_and_remedy():
    with pytest.raises(CheckFailed) as raised:
        require_wording("Exports fell\nBecause of the rule.", "descriptive", "exports.rpt_summary")
    told = str(raised.value)
    assert told.startswith("exports.rpt_summary: found the word 'Because' in 'Exports fell Because of the rule.'")
    assert "expected wording of rung 1, descriptive" in told
    assert "say it with coincided with" in told


def test_a_frame_is_read_at_the_rung_of_each_row():
    frame = pl.DataFrame({"statement": ["Fell relative to comparable goods."] * 2, "evidence_label": ["comparative"] * 2})
    require_frame_wording(frame, SUMMARY, shipped_ladder())
    lower = frame.with_columns(pl.lit("descriptive").alias("evidence_label"))
    with pytest.raises(CheckFailed, match=r"exports.rpt_summary, column statement: found the word 'relative to comparable'"):
        require_frame_wording(lower, SUMMARY, shipped_ladder())
    with pytest.raises(CheckFailed, match="found the word 'because'"):
        require_frame_wording(pl.DataFrame({"file_name": ["because"]}), TABLES["exports.rpt_source"], shipped_ladder())


def test_every_column_of_words_is_read_and_codes_are_not():
    read = {
        column.name for report in TABLES.values() if report.layer == "exports" for column in report.columns if is_text(column)
    }
    assert {
        "statement",
        "section",
        "lineage",
        "note",
        "absence_reason",
        "coverage_statement",
        "component_note",
        "reading",
    } <= read
    assert not {"evidence_label", "value_label", "reliability_method", "publisher", "rule_id"} & read


def test_words_of_a_drawing_are_read():
    require_drawn_wording("<svg><title>Shares &lt; 1</title></svg>", "accounting", "x.svg")
    with pytest.raises(CheckFailed, match=r"x.svg: found the word 'because'"):
        require_drawn_wording('<svg><text x="1">fell because</text></svg>', "accounting", "x.svg")


def test_the_check_in_sql_and_the_exporter_read_the_ladder_alike():
    texts = [*INNOCENT, *NOT_EXEMPT, *ALLOWED.values(), QUOTED, QUOTED.replace('"', "'"), "Fell due\n to it", "BECAUSE"]
    texts += [f"It {sample} it" for _, sample in SAMPLES]
    cases = [(f"{label}-{number}", label, text, "x") for label in EVIDENCE for number, text in enumerate(texts)]
    check = next(found for found in load_checks(CHECKOUT / "sql") if found.name == "wording_keeps_to_its_rung")
    with closing(duckdb.connect()) as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA exports")
        con.execute(f"CREATE TABLE core.dim_wording_rung AS SELECT * FROM read_csv('{SHIPPED}')")
        con.execute("CREATE TABLE exports.rpt_summary (statement_id TEXT, evidence_label TEXT, statement TEXT, lineage TEXT)")
        con.executemany("INSERT INTO exports.rpt_summary VALUES (?, ?, ?, ?)", cases)
        by_sql = {row[0] for row in con.execute(check.sql).fetchall()}
    assert by_sql == {name for name, label, text, _ in cases if fault(text, label, is_statement=True)}
    assert 0 < len(by_sql) < len(cases)


def test_each_rung_says_what_it_needs_once():
    needs = {row["phrase_id"]: (row["lowest_rung"], row["highest_rung"]) for row in ROWS if row["phrase_kind"] == "needs"}
    assert needs == {label: (str(number), str(number)) for number, label in enumerate(EVIDENCE)}
    assert all((row["phrase_pattern"] == "") == (row["phrase_kind"] == "needs") for row in ROWS)
    assert set(table("core.dim_wording_rung").schema()) == set(ROWS[0])


def test_an_empty_ladder_allows_nothing_by_accident():
    assert set(ladder_from([])) == set(EVIDENCE)
    with pytest.raises(CheckFailed, match="the wording ladder is empty"):
        require_wording("fine", "accounting", "x", ladder_from([]))
