"""Synthetic control and synthetic difference-in-differences around one rule change (METHODS B6), with placebos over donors.

Weights of the synthetic control solve the simplex least-squares problem exactly (non-negative least squares of SciPy);
`frank_wolfe` instead stops where the published program does. Weights of the synthetic DiD are those of diff-diff.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from pipelines.estimators.event_panel import Bools, Floats, Panel, other_choices, placebo_p, student

MIN_PRE, MIN_DONORS, MAX_RMSPE = 24, 2, 0.1
HULL_SHARE = 0.5
PLACEBO_DRAWS = 200
TINY = 1e-12


@dataclass(frozen=True)
class SyntheticFit:
    """A synthetic comparison: weights, effect, what speaks for it and why it may not be published (`reason`).

    `effect` is the mean gap of the months after; `gaps` has one entry a month of the panel, NaN where a unit is missing.
    `pre_rmspe` is about the mean gap for synthetic DiD, which allows a difference in level, and about zero otherwise.
    `share_outside` is the share of months before in which the exposed series lies above all donors or below all; above one
    half it is `outside_hull`, and synthetic DiD is the one to read. `p` ranks post/pre RMSPE ratios (synthetic control) or
    sizes of effects (synthetic DiD) over placebos: `statistic` against `placebo_statistics`; it cannot fall below
    1 / (1 + placebos). `error` is the placebo standard
    error. `leave_one_out` has the least and greatest effect without one donor.
    """

    method: str
    reason: str | None = None
    effect: float | None = None
    unit_weights: dict[str, float] = field(default_factory=dict)
    month_weights: dict[int, float] = field(default_factory=dict)
    gaps: Floats = field(default_factory=lambda: np.empty(0))
    pre_rmspe: float | None = None
    post_rmspe: float | None = None
    share_outside: float | None = None
    placebos: tuple[float, ...] = ()
    statistic: float | None = None
    placebo_statistics: tuple[float, ...] = ()
    p: float | None = None
    error: float | None = None
    leave_one_out: tuple[float, float] | None = None
    dropped_donors: tuple[str, ...] = ()

    @property
    def outside_hull(self) -> bool:
        """Whether no mix of donors can reach the exposed series in most months before."""
        return self.share_outside is not None and self.share_outside > HULL_SHARE

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Effect with `level` limits from the placebo standard error, t with one degree less than there are placebos."""
        if self.effect is None or self.error is None or len(self.placebos) < 2:
            return None
        _, low, high = student(self.effect, self.error, len(self.placebos) - 1, level)
        return None if low is None or high is None else (low, high)


@dataclass(frozen=True)
class _Case:
    """One exposed series and its donors (months x donors), split into the months before and after; others left out."""

    before: Floats
    after: Floats
    donors_before: Floats
    donors_after: Floats

    def without(self, donor: int) -> "_Case":
        return replace(
            self,
            donors_before=np.delete(self.donors_before, donor, axis=1),
            donors_after=np.delete(self.donors_after, donor, axis=1),
        )

    def placebo(self, chosen: Bools) -> "_Case":
        """The chosen donors as exposed, the others as donors."""
        before, after = self.donors_before, self.donors_after
        return _Case(before[:, chosen].mean(axis=1), after[:, chosen].mean(axis=1), before[:, ~chosen], after[:, ~chosen])


def synthetic_control(
    panel: Panel, solver: str = "exact", min_pre: int = MIN_PRE, max_rmspe: float = MAX_RMSPE, placebos: bool = True
) -> SyntheticFit:
    """Donor weights (none negative, sum 1) that come closest to the mean exposed series before; the effect is the gap after.

    `solver` is `exact`, or `frank_wolfe` for the algorithm and stopping rule of the published synthdid program. Donors with
    a missing month are dropped and named. Placebos are donors compared with the other donors; the exposed series stays out of
    their pools, as its effect would leak into them. The placebo p and leave-one-out range are skipped where `placebos` is False.
    """
    weigh = {"exact": _exact, "frank_wolfe": _frank_wolfe}[solver]
    base, whole = _usable(f"synthetic_control_{solver}", panel, min_pre)
    if base.reason is not None:
        return base
    case = _case(whole)
    weights = weigh(case)
    fit = _judged(_described(base, whole, case, weights), max_rmspe)
    if not placebos:
        return fit
    others = [(other, weigh(other)) for other in map(case.placebo, np.eye(len(weights), dtype=bool))]
    ratios = np.array([_ratio(*other) for other in others])
    own, effects = _ratio(case, weights), tuple(_gap_after(*other) for other in others)
    loo = _range(case, weights, lambda part: _gap_after(part, weigh(part)))
    fit = replace(fit, statistic=own, placebo_statistics=tuple(ratios.tolist()), p=placebo_p(own, ratios))
    return replace(fit, placebos=effects, leave_one_out=loo)


def synthetic_did(
    panel: Panel, min_pre: int = MIN_PRE, max_rmspe: float = MAX_RMSPE, placebos: bool = True, draws: int = PLACEBO_DRAWS
) -> SyntheticFit:
    """Difference-in-differences with weighted donors and weighted months before (Arkhangelsky et al. 2021).

    Placebos are all ways to take as many donors as there are exposed units, or `draws` of them with a fixed seed where there
    are more; the standard error is the spread of their effects (their algorithm 4), the ridge that of the exposed units.
    """
    base, whole = _usable("synthetic_did", panel, min_pre)
    if base.reason is not None:
        return base
    case, n_exposed = _case(whole), int(whole.treated.sum())
    ridge = _ridge(case, n_exposed)
    weights, months = _did_weights(case, ridge)
    shift = float(months @ (case.before - case.donors_before @ weights))
    fit = _judged(_described(base, whole, case, weights, shift), max_rmspe)
    fit = replace(fit, month_weights=dict(zip(whole.months[whole.before].tolist(), months.tolist(), strict=True)))
    if not placebos or len(weights) <= n_exposed:
        return fit
    first = np.arange(len(weights)) < n_exposed
    choices = np.vstack([first, other_choices(first, draws - 1)])
    effects = np.array([_did_effect(case.placebo(chosen), ridge) for chosen in choices])
    loo = _range(case, weights, lambda part: _did_effect(part, ridge))
    assert fit.effect is not None
    error = float(effects.std()) if len(effects) > 1 else None
    sizes = tuple(np.abs(effects).tolist())
    fit = replace(fit, statistic=abs(fit.effect), placebo_statistics=sizes, p=placebo_p(fit.effect, effects))
    return replace(fit, placebos=tuple(effects.tolist()), error=error, leave_one_out=loo)


def _usable(method: str, panel: Panel, min_pre: int) -> tuple[SyntheticFit, Panel]:
    """A fit that says why no comparison can be made, if so, and which donors are left out; the panel of the other units."""
    whole: Bools = np.asarray(~np.isnan(panel.outcomes[:, panel.counted]).any(axis=1))
    dropped = tuple(np.array(panel.units)[~panel.treated & ~whole].tolist())
    kept = panel.only(panel.treated | whole)
    reason = None
    if not panel.treated.any():
        reason = "no_treated"
    elif not panel.after.any():
        reason = "no_post_months"
    elif int(panel.before.sum()) < min_pre:
        reason = "too_short"
    elif not whole[panel.treated].all():
        reason = "missing_months"
    elif int((~kept.treated).sum()) < MIN_DONORS:
        reason = "missing_months" if int((~panel.treated).sum()) >= MIN_DONORS else "too_few_donors"
    return SyntheticFit(method, reason, dropped_donors=dropped), kept


def _case(panel: Panel) -> _Case:
    exposed, donors = panel.outcomes[panel.treated].mean(axis=0), panel.outcomes[~panel.treated].T
    return _Case(exposed[panel.before], exposed[panel.after], donors[panel.before], donors[panel.after])


def _described(base: SyntheticFit, panel: Panel, case: _Case, weights: Floats, shift: float = 0.0) -> SyntheticFit:
    """The fit without its placebos; `shift` is the difference in level that synthetic DiD takes out."""
    donors = panel.outcomes[~panel.treated]
    used = weights > 0
    gaps = panel.outcomes[panel.treated].mean(axis=0) - weights[used] @ donors[used] - shift
    before = gaps[panel.before] - (gaps[panel.before].mean() if base.method == "synthetic_did" else 0.0)
    outside = (case.before > case.donors_before.max(axis=1)) | (case.before < case.donors_before.min(axis=1))
    names = np.array(panel.units)[~panel.treated].tolist()
    return replace(
        base,
        effect=float(gaps[panel.after].mean()),
        unit_weights=dict(zip(names, weights.tolist(), strict=True)),
        gaps=gaps,
        pre_rmspe=_root_mean_square(before),
        post_rmspe=_root_mean_square(gaps[panel.after]),
        share_outside=float(outside.mean()),
    )


def _judged(fit: SyntheticFit, max_rmspe: float) -> SyntheticFit:
    """The fit, marked as not to be published where it misses the path before by more than `max_rmspe`."""
    assert fit.pre_rmspe is not None
    return replace(fit, reason="poor_fit") if fit.pre_rmspe > max_rmspe else fit


def _exact(case: _Case) -> Floats:
    """The least-squares simplex weights. As weights sum to 1, the gap is (donors - exposed) @ weights.

    Non-negative u that minimise |gap|^2 + (sum u - 1)^2 have the direction of the solution: for u = k * w with sum w = 1 the
    best k leaves q / (1 + q) with q = |(donors - exposed) @ w|^2, which grows with q.
    """
    from scipy.optimize import nnls

    gaps = case.donors_before - case.before[:, None]
    scale = float(np.sqrt(np.mean(gaps**2))) or 1.0
    rows = np.vstack([gaps / scale, np.ones(gaps.shape[1])])
    found = nnls(rows, np.r_[np.zeros(len(gaps)), 1.0])[0]
    weights: Floats = found / found.sum()
    return weights


def _frank_wolfe(case: _Case) -> Floats:
    from diff_diff.utils import compute_sdid_unit_weights

    noise = _noise(case)
    weights: Floats = compute_sdid_unit_weights(
        case.donors_before, case.before, zeta_omega=1e-6 * noise, intercept=False, min_decrease=1e-5 * noise
    )
    return weights


def _did_weights(case: _Case, ridge: float) -> tuple[Floats, Floats]:
    """Weights of donors and of the months before."""
    from diff_diff.utils import compute_sdid_unit_weights, compute_time_weights

    noise = _noise(case)
    units = compute_sdid_unit_weights(case.donors_before, case.before, zeta_omega=ridge, min_decrease=1e-5 * noise)
    months = compute_time_weights(case.donors_before, case.donors_after, zeta_lambda=1e-6 * noise, min_decrease=1e-5 * noise)
    return units, months


def _did_effect(case: _Case, ridge: float) -> float:
    units, months = _did_weights(case, ridge)
    before, after = case.before - case.donors_before @ units, case.after - case.donors_after @ units
    return float(after.mean() - months @ before)


def _noise(case: _Case) -> float:
    """Standard deviation of the donors' monthly changes before; never quite zero, as solvers stop at a share of it."""
    return max(float(np.diff(case.donors_before, axis=0).std(ddof=1)), TINY * float(np.abs(case.donors_before).max()), 1e-300)


def _ridge(case: _Case, n_exposed: int) -> float:
    return float((n_exposed * len(case.after)) ** 0.25 * _noise(case))


def _gap_after(case: _Case, weights: Floats) -> float:
    return float((case.after - case.donors_after @ weights).mean())


def _ratio(case: _Case, weights: Floats) -> float:
    """Post/pre ratio of root mean squared gaps; the gap before counts as rounding at least."""
    before = _root_mean_square(case.before - case.donors_before @ weights)
    after = _root_mean_square(case.after - case.donors_after @ weights)
    return after / max(before, TINY * float(np.abs(case.before).max()), 1e-300)


def _range(case: _Case, weights: Floats, effect: Callable[[_Case], float]) -> tuple[float, float]:
    """Least and greatest effect when one donor that carries weight is left out."""
    found = [effect(case.without(int(donor))) for donor in np.flatnonzero(weights > 0)]
    return min(found), max(found)


def _root_mean_square(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))
