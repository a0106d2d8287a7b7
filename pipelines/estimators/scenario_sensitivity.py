"""What moves an output of a model: one input at a time to the ends of its range, and Sobol indices (METHODS D6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import InputError, Place, explain
from pipelines.estimators.scenario_model import Array

Model = Callable[[Mapping[str, Array]], Mapping[str, Array]]
Ranges = Mapping[str, tuple[float, float, float]]  # low, centre, high of every input
BASE_POINTS, SEED, CONFIDENCE = 1024, 1, 0.95


@dataclass(frozen=True)
class Bar:
    """One bar of a tornado: an output with one input at its low and high end and all others at their centres."""

    output: str
    input: str
    at_low: float
    at_centre: float
    at_high: float

    @property
    def swing(self) -> float:
        """Length of the bar."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Index:
    """Shares of the variance of one output: by one input alone and with all it takes part in; `error` is half the interval."""

    output: str
    input: str
    first: float
    first_error: float
    total: float
    total_error: float


@dataclass(frozen=True)
class Sobol:
    """Indices of every output and input, and the outputs on the independent sample points."""

    indices: tuple[Index, ...]
    sample: Mapping[str, Array]

    def percentiles(self, output: str, at: Sequence[float] = (5, 50, 95)) -> tuple[float, ...]:
        """Percentiles of one output over the sample."""
        return tuple(float(value) for value in np.percentile(self.sample[output], at))


def tornado(model: Model, ranges: Ranges, outputs: Sequence[str]) -> list[Bar]:
    """Bars of every output, the longest first; the model is called once with all points."""
    return bars_of(model(one_at_a_time(ranges)), ranges, outputs)


def one_at_a_time(ranges: Ranges) -> dict[str, Array]:
    """Points of a tornado by input: all at their centres, then each at its low and at its high end."""
    _check(ranges)
    points = {name: np.full(2 * len(ranges) + 1, centre) for name, (_, centre, _) in ranges.items()}
    for place, (name, (low, _, high)) in enumerate(ranges.items()):
        points[name][2 * place + 1], points[name][2 * place + 2] = low, high
    return points


def bars_of(answers: Mapping[str, Array], ranges: Ranges, outputs: Sequence[str]) -> list[Bar]:
    """Bars of every output, the longest first, from what the model answered at those points."""
    bars: list[Bar] = []
    for output, values in _numbers(answers, 2 * len(ranges) + 1, outputs).items():
        own = [Bar(output, name, *(float(values[i]) for i in (2 * k + 1, 0, 2 * k + 2))) for k, name in enumerate(ranges)]
        bars += sorted(own, key=lambda bar: (-bar.swing, bar.input))
    return bars


def sobol(model: Model, ranges: Ranges, outputs: Sequence[str], base_points: int = BASE_POINTS, seed: int = SEED) -> Sobol:
    """First-order and total indices by Saltelli's scheme, inputs uniform between low and high, with bootstrap intervals.

    `base_points` must be a power of two; the model is called once with base_points x (inputs + 2) points. The same seed gives the
    same numbers. An output that does not vary has indices of 0.
    """
    from SALib.sample import sobol as sampling  # type: ignore[import-untyped,import-not-found,unused-ignore]

    _check(ranges)
    if base_points < 2 or base_points & (base_points - 1) or seed < 1:
        asked = f"{base_points} base points, seed {seed}"
        raise InputError(
            explain(Place("sensitivity"), asked, "a power of two and a seed from 1", "take 1024 base points and seed 1")
        )
    names = list(ranges)
    problem = {"num_vars": len(names), "names": names, "bounds": [[ranges[name][0], ranges[name][2]] for name in names]}
    drawn = sampling.sample(problem, base_points, calc_second_order=False, seed=seed)
    found = _numbers(model(dict(zip(names, drawn.T, strict=True))), len(drawn), outputs)
    indices = [index for output in outputs for index in _indices(problem, output, found[output], seed)]
    step = len(names) + 2
    independent = {output: np.concatenate([found[output][::step], found[output][step - 1 :: step]]) for output in outputs}
    return Sobol(tuple(indices), independent)


def _indices(problem: dict[str, object], output: str, values: Array, seed: int) -> list[Index]:
    from SALib.analyze import sobol as analysis  # type: ignore[import-untyped,import-not-found,unused-ignore]

    names = [str(name) for name in problem["names"]]  # type: ignore[attr-defined]
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        return [Index(output, name, 0.0, 0.0, 0.0, 0.0) for name in names]
    shares = analysis.analyze(problem, values, calc_second_order=False, conf_level=CONFIDENCE, seed=seed)
    columns = (shares[key] for key in ("S1", "S1_conf", "ST", "ST_conf"))
    return [Index(output, name, *(float(value) for value in row)) for name, *row in zip(names, *columns, strict=True)]


def _numbers(answers: Mapping[str, Array], n: int, outputs: Sequence[str]) -> dict[str, Array]:
    """Outputs at n points, one number each; refuses an output that has no number at some point."""
    found = {output: np.broadcast_to(np.asarray(answers[output], dtype=float), (n,)) for output in outputs}
    for output, values in found.items():
        if not np.isfinite(values).all():
            missing = f"no number at {int((~np.isfinite(values)).sum())} of {n} points"
            place = Place("sensitivity", column=output)
            raise InputError(explain(place, missing, "an output that exists everywhere in the ranges", "take another output"))
    return found


def _check(ranges: Ranges) -> None:
    for name, (low, centre, high) in ranges.items():
        if not low <= centre <= high or low == high:
            found = f"{low:g}, {centre:g}, {high:g}"
            place = Place("sensitivity", column=name)
            raise InputError(explain(place, found, "low <= centre <= high, low < high", "put them in order, or fix the input"))
