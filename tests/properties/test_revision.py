"""A17, vintages: what was known on a day stays known, and today's knowledge is the latest release."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from filings import MONTHS, PARTNERS
from hypothesis import given
from hypothesis import strategies as st
from world import AS_OF, STEADY, case, month_end

FIRST_DAY = date(2024, 3, 1)
LAST_DAY = AS_OF
N_DAYS = (LAST_DAY - FIRST_DAY).days
Release = tuple[int, int, int | None]  # day of retrieval, days since publication, value (None = suppressed)
History = dict[str, list[Release]]

amounts = st.none() | st.just(0) | st.integers(-1_000, 10**12)
releases = st.tuples(st.integers(0, N_DAYS), st.integers(0, 60), amounts)
histories = st.dictionaries(
    st.sampled_from(PARTNERS), st.lists(releases, min_size=1, max_size=5, unique_by=lambda release: release[0]), min_size=1
)
days = st.integers(-40, N_DAYS).map(lambda n: FIRST_DAY + timedelta(days=n))


def rows(history: History) -> list[dict[str, Any]]:
    """Rows of the trade fact: every release of every cell of one month, in order of retrieval."""
    made = []
    for partner, told in history.items():
        for number, (day, age, value) in enumerate(sorted(told, key=lambda release: release[0])):
            made.append(
                {
                    "source_id": "kcs",
                    "release_id": f"file@{day:05d}",
                    "reporter_iso3": "KOR",
                    "partner_iso3": partner,
                    "flow": "X",
                    "product_code": "854232",
                    "period_start": MONTHS[0],
                    "period_end": month_end(MONTHS[0]),
                    "known_at": FIRST_DAY + timedelta(days=day - age),
                    "vintage_at": FIRST_DAY + timedelta(days=day),
                    "value_usd": value,
                    "absence_reason": "suppressed" if value is None else None,
                    "is_current": number == len(told) - 1,
                }
            )
    return made


def vintages(history: History, as_of: date = AS_OF) -> list[dict[str, Any]]:
    """Vintages that the SQL makes of the releases."""
    return case("metrics.metric_vintage", {"core.fact_trade_flow": rows(history)}, as_of)


def known(found: Iterable[dict[str, Any]], day: date) -> dict[str, Decimal | None]:
    """As of a day: the latest figure of each partner, by a plain filter on the range; no entry where nothing was known."""
    told = [row for row in found if row["known_from"] <= day and (row["known_until"] is None or day < row["known_until"])]
    assert len({row["partner_iso3"] for row in told}) == len(told), "one figure per cell and day"
    return {row["partner_iso3"]: row["value_usd"] for row in told}


@STEADY
@given(histories)
def test_today_knows_the_latest_release(history: History) -> None:
    found = vintages(history)
    latest = {partner: max(told, key=lambda release: release[0])[2] for partner, told in history.items()}
    assert known(found, AS_OF) == latest
    assert {row["partner_iso3"]: row["value_usd"] for row in found if row["is_latest_release"]} == latest


@STEADY
@given(histories, st.integers(N_DAYS + 1, N_DAYS + 90), amounts, days)
def test_a_later_release_never_changes_what_was_known(history: History, later: int, value: int | None, day: date) -> None:
    after_all = AS_OF + timedelta(days=365)
    more = {partner: [*told, (later, 0, value)] for partner, told in history.items()}
    assert known(vintages(more, after_all), day) == known(vintages(history, after_all), day)


@STEADY
@given(histories, days)
def test_a_build_of_an_earlier_day_knows_what_was_known_then(history: History, day: date) -> None:
    published = {p: told for p, told in history.items() if min(told)[0] - min(told)[1] <= (day - FIRST_DAY).days}
    if published:
        assert known(vintages(published, day), day) == known(vintages(published), day)


@STEADY
@given(histories)
def test_nothing_is_known_before_its_first_publication(history: History) -> None:
    found = vintages(history)
    for partner, told in history.items():
        day, age, _ = min(told)
        assert partner not in known(found, FIRST_DAY + timedelta(days=day - age - 1))
        assert partner in known(found, FIRST_DAY + timedelta(days=day - age))


@STEADY
@given(histories)
def test_a_duplicate_release_with_the_same_figures_changes_no_knowledge(history: History) -> None:
    again = {
        partner: [*told, (max(told)[0] + 1, 0, max(told)[2])] if max(told)[0] < N_DAYS else told
        for partner, told in history.items()
    }
    for row in vintages(history):
        day = row["known_from"]
        assert known(vintages(again), day) == known(vintages(history), day)


@STEADY
@given(histories)
def test_the_revision_is_latest_over_first(history: History) -> None:
    found = {row["partner_iso3"]: row for row in case("metrics.metric_revision", {"core.fact_trade_flow": rows(history)})}
    assert set(found) == {partner for partner, told in history.items() if len(told) > 1}
    for partner, row in found.items():
        told = sorted(history[partner], key=lambda release: release[0])
        first, latest = told[0][2], told[-1][2]
        assert (row["n_releases"], row["first_usd"], row["latest_usd"]) == (len(told), first, latest)
        if first is None or first <= 0 or latest is None:
            assert row["revision"] is None
        else:
            assert row["revision"] == pytest.approx(latest / first - 1, rel=1e-9, abs=1e-9)


@STEADY
@given(st.sets(st.sampled_from(PARTNERS), min_size=1), st.sets(st.sampled_from(PARTNERS)))
def test_a_cell_left_out_of_a_complete_list_is_withdrawn(first: set[str], second: set[str]) -> None:
    seen = [{**row, "dataset_id": "one"} for row in rows({partner: [(0, 0, 5)] for partner in first})]
    later = [{**row, "dataset_id": "two"} for row in rows({partner: [(40, 0, 7)] for partner in second})]
    scopes = [{"dataset_id": name, "has_all_partners": True} for name in ("one", "two")]
    found = case("metrics.metric_vintage", {"core.fact_trade_flow": seen + later, "tidy.dataset_scope": scopes})
    gone = {row["partner_iso3"] for row in found if row["vintage_state"] == "withdrawn"}
    assert gone == (first - second if second else set())
    assert all(known(found, AS_OF)[partner] is None for partner in gone)


@STEADY
@given(histories)
def test_every_series_is_told_of(history: History) -> None:
    found = case("metrics.metric_revision_maturity", {"core.fact_trade_flow": rows(history)})
    assert found
    if all(len(told) == 1 for told in history.values()):
        (row,) = found
        assert (row["absence_reason"], row["n_revision_cells"]) == ("single_release", len(history))
    for row in found:
        if row["mean_revision"] is not None:
            assert abs(row["mean_revision"]) <= row["mean_absolute_revision"] + 1e-9
            assert 1 <= row["n_revision_cells"] <= len(history)
