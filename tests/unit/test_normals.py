"""The stored normals: repeatable, stratified, and no dimension depends on another."""

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.normals import COMMON, FACTORS, N_DRAWS, VERSION, dimensions, hypercube, stored_normals
from pipelines.schemas.tables.metrics_draws import FactNormal, MetricQuantityFactor

FIRST_RANKS = [224, 3199, 5062, 4309, 7415]  # of the dimension claim:a in version 1: published figures rest on these orders


def factors(*dims: str, **more: object) -> pl.DataFrame:
    """Factors of claims on the named dimensions."""
    rows = [{"dim_id": dim, "quantity_kind": "claim", "quantity_id": f"claim:{n}", **more} for n, dim in enumerate(dims)]
    return pl.DataFrame(rows, schema_overrides=dict(MetricQuantityFactor.schema())).with_columns(
        pl.lit(None, dtype=column.dtype).alias(column.name)
        for column in MetricQuantityFactor.columns
        if column.name not in ("dim_id", "quantity_kind", "quantity_id", *more)
    )


def normals(*dims: str) -> dict[str, pl.DataFrame]:
    """Stored normals by dimension."""
    stored = stored_normals({FACTORS: factors(*dims)})
    return {str(name): part for (name,), part in stored.partition_by("dim_id", as_dict=True).items()}


def test_every_rank_comes_once_and_its_normal_is_the_quantile():
    from scipy.special import ndtri

    ranks, values = hypercube("level:smuggled")
    assert np.array_equal(np.sort(ranks), (np.arange(N_DRAWS) + 0.5) / N_DRAWS)
    assert np.abs(values - ndtri(ranks)).max() <= 5e-7
    assert abs(values.mean()) < 1e-6
    assert values.std() == pytest.approx(1, abs=1e-3)


def test_the_same_name_and_version_give_the_same_draws_and_another_version_others():
    assert VERSION == 1
    first, again, other = hypercube("claim:a"), hypercube("claim:a"), hypercube("claim:a", version=2)
    assert np.array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
    assert [round(rank * N_DRAWS + 0.5) for rank in first[0][:5]] == FIRST_RANKS


def test_a_new_dimension_changes_no_other():
    few, more = normals("group:a", "group:c"), normals("group:a", "group:b", "group:c")
    assert sorted(more) == ["group:a", "group:b", "group:c"]
    for dim, rows in few.items():
        assert rows.equals(more[dim])


def test_dimensions_are_not_correlated():
    drawn = [hypercube(f"group:{n}")[1] for n in range(8)]
    correlations = np.corrcoef(drawn) - np.eye(8)
    assert np.abs(correlations).max() < 5 / np.sqrt(N_DRAWS)


def test_every_period_of_a_series_has_a_dimension_of_its_own():
    cell = {"quantity_kind": "cell", "quantity_series": "backbone", "channel": "legal", "period_id": "2025H1"}
    assert dimensions(factors("level:legal", **cell)) == [COMMON, "level:legal", "period:legal:2025H1"]
    assert dimensions(factors("envelope:legal", **cell | {"quantity_series": "envelope"})) == ["envelope:legal"]
    assert dimensions(factors("group:a")) == ["group:a"]


def test_the_table_is_as_declared():
    stored = stored_normals({FACTORS: factors("group:a")})
    assert dict(stored.schema) == dict(FactNormal.schema())
    assert stored["draw_id"].to_list() == list(range(1, N_DRAWS + 1))
