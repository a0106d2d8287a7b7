"""The rung of the evidence ladder that a row may stand on (METHODS C14), decided by its design and what it passed."""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipelines.errors import ModelError

EVIDENCE = ("accounting", "descriptive", "comparative", "quasi_experimental", "structural")


@dataclass(frozen=True)
class Design:
    """How figures of one kind come about: the rung they have without more, and the highest that conditions can lift them to."""

    floor: int
    ceiling: int


DESIGNS = {
    "complete_sources": Design(0, 0),  # sums, shares and bounds of what sources state
    "description": Design(1, 1),  # an index, a growth rate, a price comparison, a regression without a control group
    "pre_post": Design(1, 1),  # before and after a date (B2), placebo bands included
    "did_its": Design(1, 2),  # differences in differences (B4, B5) or an interrupted series (B3)
    "synthetic_or_ppml": Design(1, 3),  # synthetic control (B6) or gravity with exposed lanes (B7)
    "model": Design(4, 4),  # a scenario of the structural model (D)
    "as_lineage": Design(0, 4),  # a finding: what its `lineage` names decides
}


@dataclass(frozen=True)
class Conditions:
    """What an event study must have passed; the names are those of the columns that a table carries. None counts as not passed.

    `is_pretrend_passed`: no trend apart before the rule; for B3 at least 24 months before and 6 after, for B6 a pre-rule fit of
    at most 0.1 log. `is_placebo_passed`: placebo dates or units do not show the like (B8). `n_clean_post_months`: months after
    the rule without another rule on the lane (B10). `p_adjusted`: placebo p after the correction for its family (B9).
    `is_sensitivity_shown`: the figure under larger violations is published beside it.
    """

    is_pretrend_passed: bool | None = None
    is_placebo_passed: bool | None = None
    n_clean_post_months: int | None = None
    p_adjusted: float | None = None
    is_sensitivity_shown: bool | None = None


@dataclass(frozen=True)
class Need:
    """One condition of a rung: a field of Conditions, how it is compared, and with what."""

    rung: int
    field: str
    comparison: str
    threshold: bool | int | float

    def is_met(self, conditions: Conditions) -> bool:
        """Whether the condition holds; what is not known does not hold."""
        value = getattr(conditions, self.field)
        return value is not None and COMPARISONS[self.comparison](value, self.threshold)

    def sql(self, columns: Iterable[str]) -> str:
        """The same as a SQL condition on a row; a column that the table does not carry is not met."""
        if self.field not in set(columns):
            return "false"
        return f"coalesce({self.field} {self.comparison} {self.threshold}, false)"


COMPARISONS: dict[str, Callable[[float, float], bool]] = {"=": operator.eq, ">=": operator.ge, "<=": operator.le}
NEEDS = (
    Need(2, "is_pretrend_passed", "=", True),
    Need(2, "is_placebo_passed", "=", True),
    Need(3, "n_clean_post_months", ">=", 6),
    Need(3, "p_adjusted", "<=", 0.05),
    Need(3, "is_sensitivity_shown", "=", True),
)
NOTHING_PASSED = Conditions()


def rung_for(design: str, conditions: Conditions = NOTHING_PASSED) -> str:
    """The evidence label of a figure; each rung also needs what the rungs below it need. Raises ModelError for no such design."""
    found = design_of(design)
    rung = found.floor
    while rung < found.ceiling and all(need.is_met(conditions) for need in NEEDS if need.rung == rung + 1):
        rung += 1
    return EVIDENCE[rung]


def design_of(design: str) -> Design:
    """A design by name; `as_lineage` is none of its own, because only the table that a finding names has one."""
    if design not in DESIGNS or design == "as_lineage":
        raise ModelError(f"there is no design {design!r}; expected one of {', '.join(DESIGNS)}")
    return DESIGNS[design]


def rung_sql(design: str, columns: Iterable[str]) -> str:
    """`rung_for` as a SQL expression over the condition columns of a table: the number of the highest rung a row may have."""
    found, carried = design_of(design), set(columns)
    steps, met = [], []
    for rung in range(found.floor + 1, found.ceiling + 1):
        met += [need.sql(carried) for need in NEEDS if need.rung == rung]
        steps.append(f"WHEN {' AND '.join(met)} THEN {rung}")
    return f"CASE {' '.join(reversed(steps))} ELSE {found.floor} END" if steps else str(found.floor)
