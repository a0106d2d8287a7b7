"""A user's own claims: the template passes, and each kind of fault is told with line, column, found, expected, remedy."""

import csv
import io

import pytest

from pipelines.errors import InputError
from pipelines.home import CHECKOUT, Home
from pipelines.schemas.fields.common import bound_kind
from pipelines.schemas.tables.tidy_facts import UserClaim
from pipelines.tidy.user_claims import EXAMPLE, FIGURES, guide, read_user_claims, template

COLUMNS = [column.name for column in UserClaim.columns]


def body(*changes, columns=COLUMNS):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**EXAMPLE, "claim_id": f"mine-{number}", **change} for number, change in enumerate(changes))
    return out.getvalue().encode()


def read(home, *changes):
    return read_user_claims(body(*changes), "mine.csv", home)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_the_template_is_a_valid_file(home):
    reading = read_user_claims(template().encode(), "template.csv", home)
    assert not reading.faults
    assert reading.tidied.rows.height == reading.tidied.n_read == 1


def test_the_guide_says_what_each_column_means(home):
    lines = "\n".join(guide(home))
    for column in UserClaim.columns:
        assert f"{column.name}: {column.meaning}" in lines
    assert "h100_equivalents" in lines  # a unit in use
    assert "bound_kind at_least: fill in low" in lines


def test_every_bound_kind_has_its_figures():
    assert set(FIGURES) == set(bound_kind.allowed)


def test_the_shipped_claims_keep_to_the_same_figures(home):
    """Apart from their names, which are taken, and two rows whose gaps docs/facts-claims.md names or a prior fills."""
    faults = read_user_claims((CHECKOUT / "data" / "facts" / "claims.csv").read_bytes(), "claims.csv", home).faults
    other = {(fault.column, fault.found) for fault in faults if fault.column != "claim_id"}
    assert other == {("high", "nothing"), ("unit", "nothing")}
    assert sum(fault.column == "claim_id" for fault in faults) == 124


FAULTS = {
    "no such kind": ({"claim_kind": "rumour"}, "claim_kind", "rumour", "one of aggregate_estimate", "write one of these words"),
    "no such channel": ({"channel": "grey"}, "channel", "grey", "one of legal, smuggled", "write one of these words"),
    "a bad day": ({"known_at": "31.3.2026"}, "known_at", "'31.3.2026'", "a date as YYYY-MM-DD", "write the day like 2025-07-30"),
    "a separator": ({"low": "120,000"}, "low", "'120,000'", "a plain number", "write digits with a point"),
    "no flag": ({"is_seen": "yes"}, "is_seen", "'yes'", "true or false", "in small letters"),
    "nothing where a value is due": ({"publisher": ""}, "publisher", "nothing", "a value", "Who published the figure"),
    "a shouting name": ({"claim_id": "Mine!"}, "claim_id", "Mine!", "text matching", "the column means"),
    "a taken name": (
        {"claim_id": "cnas-2024-chips"},
        "claim_id",
        "cnas-2024-chips, the name of a shipped claim",
        "a name",
        "initials",
    ),
    "a taken price": (
        {"claim_id": "910b-rent-ctyun-2026"},
        "claim_id",
        "910b-rent-ctyun-2026, the name of a shipped price",
        "",
        "",
    ),
    "an unknown unit": ({"unit": "chip"}, "unit", "chip", "one of chips, h100_equivalents", "did you mean chips?"),
    "an unknown chip": ({"conversion_chip_id": "b200"}, "conversion_chip_id", "b200", "names in use", "did you mean b200-sxm?"),
    "an unknown country": ({"destination_iso3": "XXX"}, "destination_iso3", "XXX", "names in use", ""),
    "an unknown way": ({"route_iso3": "SGP;QQQ"}, "route_iso3", "QQQ", "names in use", ""),
    "an unknown role": ({"series_role": "crosscheck"}, "series_role", "crosscheck", "one of ", "did you mean cross_check?"),
    "an unknown neighbour": (
        {"overlaps_with": "cnas-2024-chip"},
        "overlaps_with",
        "cnas-2024-chip",
        "",
        "did you mean cnas-2024-chips?",
    ),
    "low above high": (
        {"bound_kind": "range", "low": "9", "high": "4"},
        "low",
        "low = 9 above high = 4",
        "low not above high",
        "exchange",
    ),
    "an end before its start": ({"period_end": "2024-01-01"}, "period_start", "above period_end = 2024-01-01", "", ""),
    "a floor without a floor": ({"low": ""}, "low", "nothing", "a figure, because bound_kind is at_least", "fit direction_only"),
    "a point with a range": ({"bound_kind": "range", "high": ""}, "high", "nothing", "bound_kind is range", "fit at_least"),
    "a figure too many": ({"high": "999999"}, "high", "999999", "nothing, because bound_kind is at_least", "fit range"),
    "percentiles without level": (
        {"bound_kind": "percentiles", "central": "130000", "high": "140000"},
        "stated_level",
        "nothing",
        "percentiles",
        "low_central_high",
    ),
    "below zero": ({"low": "-5"}, "low", "-5", "zero or more", "correct"),
    "too large to be drawn": ({"low": "1000000000000"}, "low", "1000000000000", "at most 12 digits", "unit"),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_is_told_in_plain_words(name, home):
    change, column, found, expected, remedy = FAULTS[name]
    reading = read(home, {}, change)
    assert reading.faults
    told = [fault for fault in reading.faults if fault.column == column]
    assert told, [fault.told() for fault in reading.faults]
    fault = told[0]
    assert fault.line == 3
    assert found in fault.found
    assert expected in fault.expected
    assert remedy in fault.remedy and fault.remedy
    assert reading.tidied.rows.is_empty(), "a file with a fault is refused as a whole"
    assert f"line 3, column {column}: found " in reading.told("mine.csv")


def test_a_name_used_twice_is_told_on_both_lines(home):
    faults = read(home, {"claim_id": "twice"}, {"claim_id": "twice"}).faults
    assert [(fault.line, fault.column) for fault in faults] == [(2, "claim_id"), (3, "claim_id")]
    assert "twice more than once in the file" in faults[0].found


def test_all_faults_of_all_rows_are_told_at_once(home):
    faults = read(home, {"unit": "chip", "low": "x"}, {}, {"channel": "grey"}).faults
    assert [(fault.line, fault.column) for fault in faults] == [(2, "low"), (2, "unit"), (4, "channel")]


def test_a_change_may_be_below_zero(home):
    assert not read(home, {"unit": "percent_change", "bound_kind": "point", "low": "", "central": "-40"}).faults


def test_an_own_claim_may_overlap_with_another_one(home):
    assert not read(home, {}, {"overlaps_with": "mine-0;cnas-2024-chips"}).faults


def test_a_row_with_a_field_too_many_is_told_and_kept(home):
    spoilt = body({}) + b"mine-9,too,short\n"
    reading = read_user_claims(spoilt, "mine.csv", home)
    assert [(fault.line, fault.found) for fault in reading.faults] == [(3, "3 fields under 41 headers")]
    assert reading.tidied.quarantined["_row_text"].to_list() == ["mine-9,too,short"]


def test_a_missing_column_names_the_template(home):
    with pytest.raises(InputError, match=r"no column independence_group.*chipflows claims template"):
        read_user_claims(body({}, columns=[c for c in COLUMNS if c != "independence_group"]), "mine.csv", home)


def test_a_file_without_rows_is_told(home):
    assert read(home).faults[0].expected == "at least one claim"
