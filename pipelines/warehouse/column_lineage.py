"""Which columns of the tables read go into each column of a model, read from the parsed SELECT that the graph keeps anyway."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from pipelines.schemas.table import TABLES
from pipelines.warehouse.graph import Model, parse_select

Origin = tuple[str, str]
Origins = frozenset[Origin]
Columns = dict[str, Origins]
Scope = Mapping[str, Columns]
NONE: Origins = frozenset()


def lineage_of(model: Model) -> Columns:
    """Each column of a SQL model with the columns of other tables that its expression names; an estimator has none."""
    return {} if model.estimator else _query(parse_select(model.sql, model.name), {})


def _query(query: exp.Expr, outer: Scope) -> Columns:
    """Columns of a SELECT, a set operation or either in parentheses, below the CTEs and tables of `outer`."""
    ctes = {**outer, **_ctes(query, outer)}
    if isinstance(query, exp.SetOperation):
        left, right = _query(query.this, ctes), list(_query(query.expression, ctes).values())
        return {name: origins | right[at] if at < len(right) else origins for at, (name, origins) in enumerate(left.items())}
    if isinstance(query, (exp.Subquery, exp.Paren)):
        return _query(query.this, ctes)
    return _select(query, ctes) if isinstance(query, exp.Select) else {}


def _ctes(query: exp.Expr, outer: Scope) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    clause = query.args.get("with_") or query.args.get("with")
    for cte in clause.expressions if clause else ():
        body = cte.this
        if isinstance(
            body, exp.SetOperation
        ):  # a recursive one reads itself: its first part is known, one more round adds the rest
            found[cte.alias] = _renamed(cte, _query(body.this, {**outer, **found}))
        found[cte.alias] = _renamed(cte, _query(body, {**outer, **found}))
    return found


def _renamed(source: exp.Expr, columns: Columns) -> Columns:
    names = source.alias_column_names
    return dict(zip(names, columns.values(), strict=False)) if names else columns


def _select(select: exp.Select, outer: Scope) -> Columns:
    sources = _sources(select, outer)
    scope: Scope = {**outer, **sources}
    found: Columns = {}
    for item in select.expressions:
        if item.is_star:
            found.update(_star(item, sources))
        else:
            found[item.alias_or_name] = _expression(item, scope, sources, found)
    return found


def _sources(select: exp.Select, outer: Scope) -> dict[str, Columns]:
    """What FROM and the joins name, by alias, in order; a lateral source may use those before it."""
    clause = select.args.get("from_") or select.args.get("from")
    items = [clause.this] if clause else []
    items += [join.this for join in select.args.get("joins") or ()] + list(select.args.get("laterals") or ())
    found: dict[str, Columns] = {}
    for at, item in enumerate(items):
        found[item.alias_or_name or f"#{at}"] = _source(item, outer, found)
        for join in item.args.get("joins") or ():
            found[join.this.alias_or_name] = _source(join.this, outer, found)
    return found


def _source(item: exp.Expr, outer: Scope, before: dict[str, Columns]) -> Columns:
    if isinstance(item, exp.Table) and item.db:
        name = f"{item.db}.{item.name}"
        return {column: frozenset({(name, column)}) for column in TABLES[name].schema()} if name in TABLES else {}
    if isinstance(item, exp.Table) and item.name in outer:
        return _renamed(item, outer[item.name])
    if isinstance(item, (exp.Subquery, exp.Lateral)) and isinstance(item.this, (exp.Query, exp.Subquery)):
        return _renamed(item, _query(item.this, {**outer, **before}))
    all_names = item.alias_column_names or [item.alias]
    origins = _expression(item, {**outer, **before}, before, {})
    return dict.fromkeys(all_names, origins)


def _star(item: exp.Expr, sources: Mapping[str, Columns]) -> Columns:
    chosen = [sources.get(item.table, {})] if isinstance(item, exp.Column) else list(sources.values())
    star = item.this if isinstance(item, exp.Column) else item
    left_out = {each.name for each in star.args.get("except_") or star.args.get("except") or ()}
    found: Columns = {}
    for columns in chosen:
        found.update({name: origins for name, origins in columns.items() if name not in left_out and name not in found})
    for replaced in star.args.get("replace") or ():
        found[replaced.alias] = _expression(replaced, sources, sources, {})
    return found


def _expression(item: exp.Expr, scope: Scope, sources: Mapping[str, Columns], aliases: Columns) -> Origins:
    """Origins of every column that an expression names; a query inside it counts by what it selects."""
    origins = NONE
    for node in _nodes(item):
        if isinstance(node, exp.Query):
            origins |= frozenset().union(*_query(node, scope).values())
        elif isinstance(node, exp.Column):
            origins |= _column(node, scope, sources, aliases)
    return origins


def _nodes(item: exp.Expr) -> Iterator[exp.Expr]:
    """Columns and queries of an expression, without going into the queries."""
    return (node for node in item.walk(prune=lambda n: isinstance(n, exp.Query)) if isinstance(node, (exp.Column, exp.Query)))


def _column(node: exp.Column, scope: Scope, sources: Mapping[str, Columns], aliases: Columns) -> Origins:
    if node.table:
        return scope.get(node.table, {}).get(node.name, NONE)
    holding = [columns[node.name] for columns in sources.values() if node.name in columns]
    if holding:
        return holding[0]
    return aliases.get(node.name, NONE) or next((columns[node.name] for columns in scope.values() if node.name in columns), NONE)
