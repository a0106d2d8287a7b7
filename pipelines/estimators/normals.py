"""The stored standard normals behind every joint draw (METHODS 0.5): one Latin hypercube, fixed seed, versioned."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.schemas.tables.metrics_draws import FactNormal

FACTORS = "metrics.metric_quantity_factor"
N_DRAWS = 10_000
VERSION = 1  # raise it to draw anew; every figure that rests on draws then moves within its error
COMMON = "copula:common"
DIGITS = 6  # of the normal value: libraries agree on these, and the file stays small


def stored_normals(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rank and normal value of every draw in each dimension that a factor is drawn on; columns of fact_normal.

    A dimension holds the N equally likely normal quantiles (rank (i - 0.5)/N) in a random order of its own. The order
    depends on the version and the name of the dimension only, so a new dimension changes no other. `period:` dimensions and
    `copula:common` serve the correlation cases of the supply mix.
    """
    dims = dimensions(frames[FACTORS])
    draws = [hypercube(dim) for dim in dims]
    ranks, values = (np.concatenate([draw[i] for draw in draws]) if draws else np.array([]) for i in (0, 1))
    return pl.DataFrame(
        {
            "dim_id": pl.Series(dims, dtype=pl.String).gather(np.repeat(np.arange(len(dims)), N_DRAWS)),
            "draw_id": np.tile(np.arange(1, N_DRAWS + 1), len(dims)),
            "draw_u": ranks,
            "draw_z": values,
            "value_label": pl.repeat("modelled", len(ranks), eager=True),
            "evidence_label": pl.repeat("accounting", len(ranks), eager=True),
        },
        schema=dict(FactNormal.schema()),
    )


def dimensions(factors: pl.DataFrame) -> list[str]:
    """Names of all dimensions that the factors and the correlation cases need, sorted."""
    named = set(factors["dim_id"]) | set(factors["pool_dim_id"].drop_nulls())
    cells = factors.filter((pl.col("quantity_kind") == "cell") & (pl.col("quantity_series") == "backbone"))
    periods = {f"period:{channel}:{period}" for channel, period in cells.select("channel", "period_id").unique().rows()}
    return sorted(named | periods | ({COMMON} if periods else set()))


def hypercube(dim: str, version: int = VERSION, n_draws: int = N_DRAWS) -> tuple[np.ndarray, np.ndarray]:
    """Ranks in (0, 1) and their normal values, in the order of this dimension; both of shape (n_draws,)."""
    seed = int.from_bytes(hashlib.sha256(f"{version} {dim}".encode()).digest()[:4], "big")
    order = np.random.RandomState(seed).permutation(n_draws)  # the legacy generator: its stream is frozen for good
    ranks, values = _quantiles(n_draws)
    return ranks[order], values[order]


@lru_cache(maxsize=1)
def _quantiles(n_draws: int) -> tuple[np.ndarray, np.ndarray]:
    """The equally likely ranks and their normal values, in ascending order."""
    from scipy.special import ndtri

    ranks = (np.arange(n_draws) + 0.5) / n_draws
    return ranks, np.round(ndtri(ranks), DIGITS)
