"""B1 and B10, dose and roles: days in force and nothing else, and one place around the event for every month."""

import math
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import AS_OF, STEADY, calendar_rows, case, months_from

CALENDAR = calendar_rows(date(2019, 1, 1), 120)
DAYS_IN_MONTH = {row["month"]: row["days_in_month"] for row in CALENDAR}
ORDER = ("pre", "anticipation", "partial", "post", "excluded")

days = st.dates(date(2022, 1, 1), date(2025, 12, 31))
signals = st.integers(0, 200).map(lambda n: timedelta(days=n))


def rule(rule_id: str, bite: date, ended: date | None = None, announced: date | None = None) -> dict[str, Any]:
    """One rule that is in force from `bite` to the day before `ended`."""
    return {"rule_id": rule_id, "bite_date": bite, "ended_date": ended, "announced_date": announced or bite}


def doses(*rules: dict[str, Any]) -> dict[str, dict[date, dict[str, Any]]]:
    """Rows of metric_rule_dose per rule and month."""
    found = case("metrics.metric_rule_dose", {"core.fact_rule_change": rules, "core.dim_month": CALENDAR})
    return {rule_id: {row["month"]: row for row in rows} for rule_id, rows in groupby(found, lambda row: row["rule_id"])}


@STEADY
@given(days, st.none() | days)
def test_the_dose_adds_up_to_the_days_in_force(bite: date, ended: date | None) -> None:
    months = doses(rule("one", bite, ended))["one"]
    last = date(AS_OF.year, AS_OF.month, DAYS_IN_MONTH[AS_OF.replace(day=1)])
    in_force = max(0, (min(ended or date.max, last + timedelta(days=1)) - bite).days)
    assert all(0 <= row["dose"] <= 1 for row in months.values())
    assert math.isclose(sum(row["dose"] * DAYS_IN_MONTH[month] for month, row in months.items()), in_force, abs_tol=1e-6)


@STEADY
@given(days, st.none() | days)
def test_the_dose_is_one_in_later_months_until_repeal_and_zero_after(bite: date, ended: date | None) -> None:
    for month, row in doses(rule("one", bite, ended))["one"].items():
        next_month = month + timedelta(days=DAYS_IN_MONTH[month])
        if bite <= month and (ended is None or next_month <= ended):
            assert row["dose"] == 1
        if next_month <= bite or (ended is not None and ended <= month):
            assert row["dose"] == 0


@STEADY
@given(st.tuples(days, days, days).map(sorted))
def test_doses_of_adjoining_intervals_add_up(edges: list[date]) -> None:
    first, middle, last = edges
    found = doses(rule("whole", first, last), rule("before", first, middle), rule("after", middle, last))
    for month, row in found["whole"].items():
        after = found["after"].get(month, {"dose": 0.0})
        assert math.isclose(row["dose"], found["before"][month]["dose"] + after["dose"], abs_tol=1e-12)


@STEADY
@given(days, signals, st.none() | st.integers(0, 400))
def test_every_month_has_one_place_around_the_event(bite: date, notice: timedelta, length: int | None) -> None:
    ended = None if length is None else bite + timedelta(days=length)
    months = doses(rule("one", bite, ended, bite - notice))["one"]
    first = months_from(date(bite.year - 2, bite.month, 1), 1)[0]
    assert list(months) == [month for month in DAYS_IN_MONTH if first <= month <= AS_OF]
    roles = [row["month_role"] for row in months.values()]
    assert roles == sorted(roles, key=ORDER.index)
    assert ("anticipation" in roles) == ((bite - notice) < bite.replace(day=1))
    assert ("partial" in roles) == (bite.day > 1)
    assert ended is not None or "excluded" not in roles


@STEADY
@given(days, st.integers(0, 400))
def test_only_clean_months_are_before_or_after(bite: date, length: int) -> None:
    for row in doses(rule("one", bite, bite + timedelta(days=length)))["one"].values():
        if row["month_role"] in ("pre", "anticipation"):
            assert row["dose"] == 0
        if row["month_role"] == "post":
            assert row["dose"] == 1
