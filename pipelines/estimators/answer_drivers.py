"""What moves a headline: first-order and total shares of its variance per input (Sobol indices by Jansen's estimators)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.estimators.normals import N_DRAWS, VERSION, hypercube
from pipelines.schemas.tables.metrics_draws import MetricAnswerDriver

FACTORS, TERMS, ANSWERS = "metrics.metric_quantity_factor", "tidy.answer_term", "metrics.metric_answer"
PRIORS = "core.dim_prior"
N_PAIRS = 4
SETS = (
    "",
    *(f" set {number}" for number in range(2, 2 * N_PAIRS + 1)),
)  # appended to the name of a dimension; the first is stored
Draws = tuple[np.ndarray, np.ndarray]
Row = dict[str, object]
MIX = {"bandwidth": "bandwidth per chip of the mix", "usd": "price", "h100e": "compute per chip", "chips": "chips"}


def answer_drivers(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rank of every uncertain input of every headline that has a number; columns of metric_answer_driver.

    Pairs of independent sets of draws are used, the stored set among them; an input is a dimension, so that all quantities
    sharing it move together. Shares refer to the variance of the log of the ratio, or of the ratio itself where it is not
    always positive. First-order shares may add to less than one and totals to more (inputs act together); estimates carry
    an error of about 0.01.
    """
    titles = dict(frames[PRIORS].select("prior_id", "title").iter_rows())
    known = frames[ANSWERS].filter(pl.col("answer_p50").is_not_null())
    labels = {row["answer_id"]: (row["value_label"], row["evidence_label"]) for row in known.iter_rows(named=True)}
    terms = {name: frames[TERMS].filter(pl.col("answer_id") == name).rows(named=True) for name in sorted(labels)}
    found: list[Row] = []
    for answer_id, by_dim in all_shares(frames[FACTORS].rows(named=True), terms).items():
        ranked = sorted(by_dim.items(), key=lambda item: (-round(item[1][1], 6), item[0]))
        for rank, (dim, (first, total)) in enumerate(ranked, start=1):
            value, evidence = labels[answer_id]
            found.append(
                {
                    "answer_id": answer_id,
                    "input_dim_id": dim,
                    "datum": datum(dim, titles),
                    "first_order": first,
                    "total_order": total,
                    "driver_rank": rank,
                    "value_label": value,
                    "evidence_label": evidence,
                }
            )
    return pl.DataFrame(found, schema=dict(MetricAnswerDriver.schema()))


def all_shares(factors: list[Row], terms: Mapping[str, list[Row]]) -> dict[str, dict[str, tuple[float, float]]]:
    """First-order and total share of every input of every headline, from sums over all pairs of sets of draws."""
    sums: dict[str, list[Sums]] = {name: [] for name in terms}
    for pair in range(N_PAIRS):
        model = Model(factors, pair)
        for name, rows in terms.items():
            sums[name].append(square_sums(model, rows))
    return {name: shares(found) for name, found in sums.items()}


@dataclass
class Model:
    """Quantities as products of factors, evaluated on any set of draws; results are kept, because answers share quantities."""

    factors: Iterable[Row]
    pair: int = 0
    kept: dict[tuple[str, str, str], np.ndarray] = field(default_factory=dict)
    draws: dict[tuple[str, str], Draws] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_quantity: dict[str, list[Row]] = {}
        for row in self.factors:
            self.by_quantity.setdefault(str(row["quantity_id"]), []).append(row)

    def dims(self, quantity: str) -> set[str]:
        """Dimensions on which the quantity really varies."""
        rows = self.by_quantity[quantity]
        varying = {str(row["dim_id"]) for row in rows if row["factor_distribution"] != "fixed"}
        return varying | {str(row["pool_dim_id"]) for row in rows if row["pool_dim_id"] is not None}

    def value(self, quantity: str, base: str, swapped: str = "") -> np.ndarray:
        """Draws of the quantity, shape (10000,); all dimensions from set `base`, the swapped one from the other set."""
        swapped = swapped if swapped in self.dims(quantity) else ""
        key = (quantity, base, swapped)
        if key not in self.kept:
            self.kept[key] = self._product(self.by_quantity[quantity], base, swapped)
        return self.kept[key]

    def _product(self, rows: list[Row], base: str, swapped: str) -> np.ndarray:
        amount = np.ones(N_DRAWS)
        for number in sorted({int(str(row["factor_no"])) for row in rows}):
            members = [row for row in rows if row["factor_no"] == number]
            value = np.zeros(N_DRAWS)
            for row in members:
                drawn = _transformed(row, *self._drawn(str(row["dim_id"]), base, swapped))
                if row["pool_dim_id"] is None:
                    value = drawn
                    continue
                rank = self._drawn(str(row["pool_dim_id"]), base, swapped)[0]
                value = np.where((rank >= row["pool_from"]) & (rank < row["pool_to"]), drawn, value)
            amount = amount * value
        return np.round(amount, 6)

    def _drawn(self, dim: str, base: str, swapped: str) -> Draws:
        chosen = {"A": "B", "B": "A"}[base] if dim == swapped else base
        if (dim, chosen) not in self.draws:
            self.draws[dim, chosen] = hypercube(dim + SETS[2 * self.pair + "AB".index(chosen)], VERSION)
        return self.draws[dim, chosen]


@dataclass(frozen=True)
class Sums:
    """Mean squared differences of one headline on one pair of sets: all inputs exchanged, only one, all but one."""

    all_exchanged: float
    one_exchanged: Mapping[str, float]
    others_exchanged: Mapping[str, float]


def square_sums(model: Model, terms: list[Row]) -> Sums:
    """What Jansen's estimators need of one headline on the model's pair of sets."""
    dims = sorted(set().union(*(model.dims(str(term["quantity_id"])) for term in terms)))
    plain = [_ratio(model, terms, base) for base in ("A", "B")]
    logged = all((values > 0).all() for values in plain)
    first_set, second_set = (np.log(values) if logged else values for values in plain)
    one, others = {}, {}
    for dim in dims:
        swapped = [_ratio(model, terms, base, dim) for base in ("A", "B")]
        mixed = [np.log(values) if logged else values for values in swapped]
        one[dim] = _half_mean_square((first_set, mixed[0]), (second_set, mixed[1]))
        others[dim] = _half_mean_square((second_set, mixed[0]), (first_set, mixed[1]))
    return Sums(_half_mean_square((first_set, second_set)), one, others)


def shares(pairs: list[Sums]) -> dict[str, tuple[float, float]]:
    """First-order and total variance share of every input of one headline; a headline with one input gives it exactly 1.

    The variance is half the mean squared difference between the sets, so that chance likeness of the sets cancels. What theory
    demands of true shares is imposed: 0 <= first <= total, first-order shares add to at most 1, totals to at least 1.
    """
    variance = sum(pair.all_exchanged for pair in pairs)
    if not variance:
        return dict.fromkeys(pairs[0].one_exchanged, (0.0, 0.0))
    total = {dim: sum(pair.one_exchanged[dim] for pair in pairs) / variance for dim in pairs[0].one_exchanged}
    alone = {dim: max(1 - sum(pair.others_exchanged[dim] for pair in pairs) / variance, 0.0) for dim in total}
    total = {dim: share / min(sum(total.values()), 1.0) for dim, share in total.items()}
    alone = {dim: share / max(sum(alone.values()), 1.0) for dim, share in alone.items()}
    return {dim: (round(min(alone[dim], total[dim]), 6), round(total[dim], 6)) for dim in total}


def _half_mean_square(*pairs: Draws) -> float:
    """Half the mean squared difference, over both directions of the exchange."""
    return float(np.mean([np.mean((one - other) ** 2) for one, other in pairs])) / 2


def _ratio(model: Model, terms: list[Row], base: str, swapped: str = "") -> np.ndarray:
    sides = {"numerator": np.zeros(N_DRAWS), "denominator": np.zeros(N_DRAWS)}
    for term in terms:
        amount = model.value(str(term["quantity_id"]), base, swapped)
        sides[str(term["ratio_side"])] += float(str(term["coefficient"])) * amount
    return sides["numerator"] / sides["denominator"]


def _transformed(row: Row, rank: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Values of one factor from ranks and normals, as metrics.fact_draw computes them."""
    given = {name: None if row[name] is None else float(str(row[name])) for name in NUMBERS}
    median, low, high, tail = given["factor_median"], given["lower_end"], given["upper_end"], given["pareto_alpha"]
    kind = row["factor_distribution"]
    if kind == "fixed":
        value = np.full(rank.shape, median)
    elif kind == "uniform":
        value = low + rank * (high - low)  # type: ignore[operator]
    elif kind == "log_uniform":
        value = low * np.exp(rank * np.log(high / low))  # type: ignore[operator]
    elif kind == "pareto":
        below = 1 - (low / high) ** tail if high is not None and high > low else 1.0  # type: ignore[operator]
        value = low * (1 - rank * below) ** (-1 / tail)  # type: ignore[operator]
    else:
        value = median * np.exp(normal * np.where(normal < 0, given["sigma_low"], given["sigma_high"]))  # type: ignore[arg-type]
    if high is not None:
        value = np.minimum(value, high)
    if row["is_complement"]:
        return 1 - value
    return np.asarray(1 / value if row["power"] == -1 else value)


NUMBERS = ("factor_median", "sigma_low", "sigma_high", "lower_end", "upper_end", "pareto_alpha")


def datum(dim: str, titles: Mapping[str, str]) -> str:
    """What one would have to learn to know this input."""
    kind, _, rest = dim.partition(":")
    if kind == "level":
        return f"How much the channel '{rest}' really added (one shared error of its series)"
    if kind == "envelope":
        return f"How much the channel '{rest}' really added (only outer bounds are published)"
    if kind == "factor":
        channel, _, unit = rest.partition(":")
        return f"The {MIX.get(unit, unit)} in the channel '{channel}'"
    if kind == "pool":
        return f"Which of the independent estimates of the channel '{rest}' is right"
    if kind == "prior":
        return titles.get(rest, rest)
    return f"The quantity behind the claims of the group '{rest}'"
