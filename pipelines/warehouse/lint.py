"""The lint of the portable SQL subset: what a model may not use, and how its last SELECT must look."""

from collections.abc import Iterator

from sqlglot import exp

from pipelines.schemas.field import Field
from pipelines.schemas.table import Table
from pipelines.warehouse.graph import Model, parse_select

_FORBIDDEN_NODES: tuple[tuple[type[exp.Expression], str], ...] = (
    (exp.Qualify, "QUALIFY; rank in a subquery instead"),
    (exp.Pivot, "PIVOT; use filtered aggregates"),
    (exp.DateDiff, "date_diff; engines disagree on months"),
    (exp.PercentileCont, "quantile_cont; engines interpolate differently"),
    (exp.Placeholder, "a placeholder; parameters come from core.run"),
    (exp.Parameter, "a parameter; parameters come from core.run"),
    (exp.TryCast, "try_cast; validate before the warehouse"),
    (exp.Rand, "a random function; draws come from a stored table"),
    (exp.CurrentDate, "the clock; as_of comes from core.run"),
    (exp.CurrentTimestamp, "the clock; as_of comes from core.run"),
    (exp.CurrentTime, "the clock; as_of comes from core.run"),
    (exp.Localtimestamp, "the clock; as_of comes from core.run"),
    (exp.Uuid, "uuid(); keys come from business columns"),
    (exp.ArgMax, "arg_max(); rank in a subquery instead"),
    (exp.ArgMin, "arg_min(); rank in a subquery instead"),
    (exp.ArrayAgg, "list(); engines order it differently"),
)
_FORBIDDEN_NAMES = {"date_diff", "datediff", "now", "quantile_cont", "get_current_timestamp", "transaction_timestamp"}
_FLOATING = (exp.Div, exp.Exp, exp.Ln, exp.Pow, exp.Sqrt)


def lint(model: Model) -> list[str]:
    """Every breach of the subset in one SQL model, as sentences; empty when clean."""
    if model.estimator is not None:
        return []
    select = parse_select(model.sql, model.name)
    return [f"{model.name}: {breach}" for breach in (*_constructs(select), *_final_select(select, model.table))]


def _constructs(select: exp.Query) -> Iterator[str]:
    for node_type, words in _FORBIDDEN_NODES:
        if select.find(node_type):
            yield f"uses {words}"
    for function in select.find_all(exp.Anonymous):
        if str(function.this).lower() in _FORBIDDEN_NAMES:
            yield f"uses {str(function.this).lower()}()"
    for join in select.find_all(exp.Join):
        if str(join.args.get("method") or "").upper() == "ASOF":
            yield "uses ASOF JOIN; rank in a subquery instead"
    for cast in select.find_all(exp.Cast):
        yield from _decimal_cast(cast)
    yield from _stars_and_ordinals(select)


def _decimal_cast(cast: exp.Cast) -> Iterator[str]:
    if cast.to.is_type(exp.DataType.Type.DECIMAL) and any(_is_floating(node) for node in cast.this.walk(prune=_is_exact)):
        yield f"casts a float to DECIMAL without round: {cast.sql('duckdb')[:80]}"


def _is_floating(node: exp.Expression) -> bool:
    to_double = isinstance(node, exp.Cast) and node.to.is_type(exp.DataType.Type.DOUBLE)
    return isinstance(node, _FLOATING) or to_double


def _is_exact(node: exp.Expression) -> bool:
    """Below a rounding, a cast to another type, a comparison or a subquery, arithmetic does not reach the outer cast."""
    to_exact = isinstance(node, exp.Cast) and not node.to.is_type(exp.DataType.Type.DOUBLE)
    return to_exact or isinstance(node, (exp.Round, exp.Predicate, exp.Query))


def _stars_and_ordinals(select: exp.Query) -> Iterator[str]:
    for part in select.find_all(exp.Select):
        is_last = part is select
        if any(_is_star(item) for item in part.expressions) and not _imports_whole_table(part):
            yield "uses select * outside an import CTE" if not is_last else "ends in select *; cast every column"
        group = part.args.get("group")
        if group is not None and (group.args.get("all") or any(isinstance(key, exp.Literal) for key in group.expressions)):
            yield "groups by ALL or by position"
        order = part.args.get("order")
        if order is not None and any(isinstance(key.this, exp.Literal) for key in order.expressions):
            yield "orders by position"


def _is_star(item: exp.Expression) -> bool:
    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))


def _imports_whole_table(part: exp.Select) -> bool:
    source = part.args.get("from_") or part.args.get("from")
    plain = isinstance(source.this, exp.Table) and bool(source.this.db) if source is not None else False
    return plain and len(part.expressions) == 1 and not part.args.get("joins") and not part.args.get("where")


def _final_select(select: exp.Query, table: type[Table]) -> Iterator[str]:
    if not isinstance(select, exp.Select):
        yield "must end in one SELECT; put a union into a CTE"
        return
    names = [item.alias_or_name for item in select.expressions]
    declared = [column.name for column in table.columns]
    if names != declared:
        yield f"columns {_first_difference(names, declared)}"
        return
    for item, column in zip(select.expressions, table.columns, strict=True):
        inner = item.unalias()
        if not isinstance(inner, exp.Cast):
            yield f"column {column.name} has no explicit cast; write cast(... as {column.duckdb_type}) as {column.name}"
        elif not _same_type(inner.to, column):
            yield f"column {column.name} is cast to {inner.to.sql('duckdb')}, declared {column.duckdb_type}"


def _same_type(cast_to: exp.DataType, column: Field) -> bool:
    return cast_to == exp.DataType.build(column.duckdb_type, dialect="duckdb")


def _first_difference(found: list[str], declared: list[str]) -> str:
    for place, (ours, theirs) in enumerate(zip(found, declared, strict=False), start=1):
        if ours != theirs:
            return f"{place}: found {ours}, declared {theirs}"
    return f"found {len(found)}, declared {len(declared)}: {sorted(set(found) ^ set(declared))}"
