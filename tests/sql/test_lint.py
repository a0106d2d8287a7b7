"""The lint of the portable subset: every model of the checkout keeps to it, and each planted breach is reported."""

import pytest
from harness import graph

from pipelines.warehouse.graph import Model, parse_select, tables_read
from pipelines.warehouse.lint import lint

TABLE = "core.fact_figure"  # figure_id VARCHAR, figure_table VARCHAR, figure_value DECIMAL(24,6), known_at DATE
CLEAN = """-- One row per figure.
with
filed as (select * from staging.stg_claim)

select
    cast(filed.claim_id as VARCHAR) as figure_id,
    cast('claim' as VARCHAR) as figure_table,
    cast(round(filed.low / 3, 6) as DECIMAL(24,6)) as figure_value,
    cast(filed.known_at as DATE) as known_at
from filed
"""


def breaches(sql: str) -> list[str]:
    """What the lint says about a model of TABLE with this text."""
    return lint(Model(TABLE, tuple(sorted(tables_read(parse_select(sql, TABLE)))), sql=sql))


@pytest.mark.parametrize("name", graph().models)
def test_model_keeps_to_the_subset(name: str) -> None:
    assert lint(graph().models[name]) == []


def test_clean_model_has_no_breach() -> None:
    assert breaches(CLEAN) == []


PLANTED = {
    "qualify": ("from filed\n", "from filed\nqualify row_number() over (order by filed.low) = 1\n", "QUALIFY"),
    "group by position": (
        "from filed\n",
        "from filed\ngroup by 1, 2, filed.low, filed.known_at\n",
        "groups by ALL or by position",
    ),
    "group by all": ("from filed\n", "from filed\ngroup by all\n", "groups by ALL or by position"),
    "order by position": ("from filed\n", "from filed\norder by 1\n", "orders by position"),
    "asof join": ("from filed\n", "from filed\nasof join core.run on filed.known_at >= run.as_of\n", "ASOF JOIN"),
    "pivot": (
        "(select * from staging.stg_claim)",
        "(select claim_id, low, known_at from (pivot staging.stg_claim on unit using sum(low)))",
        "PIVOT",
    ),
    "pivot in a from clause": (
        "(select * from staging.stg_claim)",
        "(select claim_id, low, known_at from staging.stg_claim pivot (sum(central) for unit in ('usd')))",
        "PIVOT",
    ),
    "star in a logic CTE": (
        "(select * from staging.stg_claim)",
        "(select * from staging.stg_claim where low > 0)",
        "select * outside an import CTE",
    ),
    "star of one table": (
        "(select * from staging.stg_claim)",
        "(select claims.* from staging.stg_claim as claims cross join core.run)",
        "select * outside an import CTE",
    ),
    "date_diff": (
        "cast(filed.known_at as DATE)",
        "cast(date_diff('month', filed.known_at, filed.known_at) as DATE)",
        "date_diff",
    ),
    "datediff": ("cast(filed.known_at as DATE)", "cast(datediff('day', filed.known_at, filed.known_at) as DATE)", "date_diff"),
    "missing cast": ("cast(filed.claim_id as VARCHAR)", "filed.claim_id", "figure_id has no explicit cast"),
    "try_cast": ("cast(filed.claim_id as VARCHAR)", "try_cast(filed.claim_id as VARCHAR)", "try_cast"),
    "wrong type": ("as DECIMAL(24,6)", "as DECIMAL(20,3)", "figure_value is cast to DECIMAL(20, 3), declared DECIMAL(24,6)"),
    "wrong name": ("as figure_table", "as figure_source", "found figure_source, declared figure_table"),
    "missing column": ("    cast('claim' as VARCHAR) as figure_table,\n", "", "found figure_value, declared figure_table"),
    "quantile_cont": ("round(filed.low / 3, 6)", "round(quantile_cont(filed.low, 0.5), 6)", "quantile_cont"),
    "percentile_cont": (
        "round(filed.low / 3, 6)",
        "round(percentile_cont(0.5) within group (order by filed.low), 6)",
        "quantile_cont",
    ),
    "current_date": ("cast(filed.known_at as DATE)", "cast(current_date as DATE)", "the clock"),
    "today": ("cast(filed.known_at as DATE)", "cast(today() as DATE)", "the clock"),
    "now": ("cast(filed.known_at as DATE)", "cast(now() as DATE)", "now()"),
    "current_timestamp": ("cast(filed.known_at as DATE)", "cast(current_timestamp as DATE)", "the clock"),
    "random": ("round(filed.low / 3, 6)", "round(random(), 6)", "random"),
    "uuid": ("cast(filed.claim_id as VARCHAR)", "cast(uuid() as VARCHAR)", "uuid()"),
    "arg_max": ("cast(filed.claim_id as VARCHAR)", "cast(arg_max(filed.claim_id, filed.low) as VARCHAR)", "arg_max()"),
    "list": ("cast(filed.claim_id as VARCHAR)", "cast(list(filed.claim_id) as VARCHAR)", "list()"),
    "localtimestamp": ("cast(filed.known_at as DATE)", "cast(localtimestamp as DATE)", "the clock"),
    "parameter": ("cast(filed.claim_id as VARCHAR)", "cast($claim as VARCHAR)", "parameter"),
    "placeholder": ("cast(filed.claim_id as VARCHAR)", "cast(? as VARCHAR)", "placeholder"),
    "ratio to DECIMAL": ("round(filed.low / 3, 6)", "filed.low / 3", "DECIMAL without round"),
    "ratio in brackets to DECIMAL": ("round(filed.low / 3, 6)", "(filed.low / 3)", "DECIMAL without round"),
    "logarithm to DECIMAL": ("round(filed.low / 3, 6)", "ln(filed.low)", "DECIMAL without round"),
    "square root to DECIMAL": ("round(filed.low / 3, 6)", "sqrt(filed.low)", "DECIMAL without round"),
    "exponential to DECIMAL": ("round(filed.low / 3, 6)", "exp(filed.low)", "DECIMAL without round"),
    "ratio inside a case to DECIMAL": (
        "round(filed.low / 3, 6)",
        "case when filed.low > 0 then filed.low / 3 end",
        "DECIMAL without round",
    ),
    "product of a ratio to DECIMAL": ("round(filed.low / 3, 6)", "100 * (filed.low / 3)", "DECIMAL without round"),
    "double to DECIMAL": ("round(filed.low / 3, 6)", "cast(filed.low as double) * 2", "DECIMAL without round"),
}


@pytest.mark.parametrize("breach", PLANTED)
def test_planted_breach_is_reported(breach: str) -> None:
    before, after, words = PLANTED[breach]
    assert CLEAN.count(before) == 1
    assert any(words in found for found in breaches(CLEAN.replace(before, after)))


def test_last_select_may_be_no_star() -> None:
    assert "ends in select *; cast every column" in breaches("select * from staging.stg_claim join core.run on true")[0]


def test_union_belongs_into_a_cte() -> None:
    assert any("must end in one SELECT" in found for found in breaches("select 1 as a union all select 2 as a"))


def test_breach_names_its_model() -> None:
    assert all(found.startswith(f"{TABLE}: ") for found in breaches(CLEAN.replace("from filed\n", "from filed\norder by 1\n")))
