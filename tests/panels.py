"""Panels for the tests of the event estimators: small ones written by hand, and the published ones where they are at hand."""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.estimators.event_panel import Panel

REPLICATION = Path(__file__).parents[2] / "shared" / "replication"
ABSENT = "the replication files are not part of the project"


def panel(rows, post, treated=1, months=None, excluded=None):
    """A panel of the rows; the first `treated` of them are exposed and the last `post` months are under the rule."""
    outcomes = np.array(rows, dtype=float)
    n, t = outcomes.shape
    months = np.arange(24_000, 24_000 + t) if months is None else np.asarray(months)
    names = tuple(f"u{number}" for number in range(n))
    return Panel(outcomes, names, months, np.arange(n) < treated, np.arange(t) >= t - post, excluded)


def walks(n, t, seed, post=6, treated=1):
    """Random walks with a common part, as monthly logs may look."""
    step = 0.05
    random = np.random.default_rng(seed)
    common = random.normal(scale=step, size=t).cumsum()
    return panel(common + random.normal(scale=step, size=(n, t)).cumsum(axis=1) + random.normal(size=(n, 1)), post, treated)


def wide(file, unit, time, value):
    """A published long file as (units, times, values)."""
    frame = pl.read_csv(REPLICATION / file).sort(unit, time)
    table = frame.pivot(time, index=unit, values=value)
    return table[unit].to_list(), np.array([int(name) for name in table.columns[1:]]), table.drop(unit).to_numpy()


def smoking():
    """Cigarette sales of 39 states, 1970-2000; California under Proposition 99 from 1989."""
    states, years, sales = wide("prop99_california.csv", "State", "Year", "PacksPerCapita")
    return Panel(sales, tuple(states), years, np.array(states) == "California", years >= 1989)


def two_by_two():
    """The simulated panel of the fixest documentation with one date, and its covariate."""
    ids, periods, y = wide("fixest_base_did.csv", "id", "period", "y")
    treated = wide("fixest_base_did.csv", "id", "period", "treat")[2][:, 0] == 1
    covariate = wide("fixest_base_did.csv", "id", "period", "x1")[2]
    return Panel(y, tuple(map(str, ids)), periods, treated, periods >= 6), {"x1": covariate}
