"""The SQL graph as one multi-asset in one op: each model an asset with its columns, row count and blocking checks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.assets.groups import description_of, group_of
from pipelines.assets.inputs import input_key
from pipelines.assets.live import intake_keys_by_table
from pipelines.assets.metadata import OWNERS, as_check_result, column_lineage, column_schema, guide_and_code, made_of, table_tags
from pipelines.assets.pictures import picture_of
from pipelines.assets.previews import first_rows
from pipelines.assets.progress import report
from pipelines.errors import UsageError
from pipelines.home import CHECKOUT, Home
from pipelines.schemas.tables.meta import Dataset
from pipelines.tidy.inputs import shipped_inputs, user_claims_input
from pipelines.warehouse.audit import SCHEMA_CHECKS, CheckResult, load_checks
from pipelines.warehouse.build import AuditFailed, Built, Request, build
from pipelines.warehouse.column_lineage import lineage_of
from pipelines.warehouse.graph import Graph, Model, load_graph
from pipelines.warehouse.read import published

AS_DECLARED = "as_declared"
TABLES_OP = "make_tables"
MADE, TAKEN_OVER = "in this build", "taken over: nothing that it rests on changed since the last build"


class EditionConfig(dg.Config):
    """Which edition: `as_of` as YYYY-MM-DD is what was known on that day, in its own folder; without it the main warehouse."""

    as_of: str | None = None


class BuildConfig(EditionConfig):
    """What to build; `full` makes every table again, also those that rest on nothing that changed since the last build."""

    full: bool = False


def model_key(name: str) -> dg.AssetKey:
    """Asset key of a table: layer and name."""
    return dg.AssetKey(name.split("."))


def warehouse_assets() -> dg.AssetsDefinition:
    """All models as one multi-asset that can be subset; a subset also rebuilds what is stale and what depends on it."""
    home = Home.from_environment()
    graph, checks = load_graph(home.sql), load_checks(home.sql)
    sources = _input_keys_by_table(home)
    specs = [_spec(graph.models[name], graph, sources) for name in graph.order]
    check_specs = [_schema_check(name) for name in graph.order]
    check_specs += [
        dg.AssetCheckSpec(c.name, asset=model_key(c.guards), blocking=True, description=c.description) for c in checks
    ]

    @dg.multi_asset(name=TABLES_OP, specs=specs, check_specs=check_specs, can_subset=True)
    def make_tables(
        context: dg.AssetExecutionContext, config: BuildConfig
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        selected = {".".join(key.path) for key in context.selected_asset_keys}
        partly = frozenset(selected) if selected != set(graph.order) else None
        request = Request(Home.from_environment(), parse_day(config.as_of), partly, full=config.full)
        yield from _build(graph, selected, request)

    return make_tables


def parse_day(text: str | None) -> date | None:
    """A day from YYYY-MM-DD; raises UsageError otherwise."""
    if not text:
        return None
    wrong = UsageError(f"as-of: found {text!r}; expected a day as YYYY-MM-DD, for example 2025-07-24")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if day.isoformat() != text:  # the text names the folder of the edition, so a day has one spelling
        raise wrong
    return day


def _build(graph: Graph, selected: set[str], request: Request) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    try:
        built = build(request, lambda name, done, total: report(f"building {name}", done, total))
    except AuditFailed as refused:
        yield from _check_results(refused.checks, selected, only_failed=True)
        raise
    yield from _materialised([name for name in graph.order if name in selected], graph, built, request)
    yield from _check_results(built.checks, selected, only_failed=False)


def _materialised(names: list[str], graph: Graph, built: Built, request: Request) -> Iterator[dg.MaterializeResult[None]]:
    with published(request.edition) as con:
        con.execute("SET threads = 1")  # a few rows of each table: threads would only read ahead
        for name in names:
            told: dict[str, Any] = {
                "dagster/row_count": built.rows[name],
                "release": built.release_id,
                "as_of": built.as_of.isoformat(),
                "made": MADE if name in built.fresh else TAKEN_OVER,
                "first_rows": first_rows(con, graph.models[name].table),
                **picture_of(con, name),
            }
            origins = lineage_of(graph.models[name])
            if origins:
                told |= {"dagster/column_lineage": column_lineage(origins), "columns_made_of": made_of(origins)}
            yield dg.MaterializeResult(asset_key=model_key(name), metadata=told)


def _check_results(results: tuple[CheckResult, ...], selected: set[str], *, only_failed: bool) -> Iterator[dg.AssetCheckResult]:
    mine = [result for result in results if result.table in selected]
    declared: dict[str, list[CheckResult]] = {}
    for result in mine:
        if result.name in SCHEMA_CHECKS:
            declared.setdefault(result.table, []).append(result)
        elif not only_failed or not result.passed:
            yield as_check_result(result, model_key(result.table))
    for name, parts in declared.items():
        worst = next((part for part in parts if not part.passed), parts[-1])
        if not only_failed or not worst.passed:
            yield as_check_result(replace(worst, name=AS_DECLARED), model_key(name))


def _spec(model: Model, graph: Graph, sources: dict[str, list[dg.AssetKey]]) -> dg.AssetSpec:
    deps = [model_key(read) for read in model.reads if read in graph.models]
    deps += [key for read in model.reads for key in sources.get(read, [])]
    group = group_of(model.table)
    told = {"dagster/column_schema": column_schema(model.table), "key": ", ".join(model.table.key), "table": model.name}
    return dg.AssetSpec(
        model_key(model.name),
        deps=sorted(set(deps)),
        group_name=group,
        description=description_of(group, model.table.grain(), model.header),
        kinds={"duckdb", "sql" if model.kind == "sql" else "python"},
        owners=OWNERS,
        tags=table_tags(model.table),
        metadata=told | guide_and_code(group, code_file(model)),
    )


def code_file(model: Model) -> Path:
    """The file that makes a table: its SELECT, or the module of its estimator."""
    if model.estimator:
        return CHECKOUT / f"{model.estimator.module.replace('.', '/')}.py"
    return CHECKOUT / "sql" / model.layer / f"{model.table.name}.sql"


def _schema_check(name: str) -> dg.AssetCheckSpec:
    words = "columns and types, key, NULLs, bounds, allowed values, order of bounds and absence reasons are as declared"
    return dg.AssetCheckSpec(AS_DECLARED, asset=model_key(name), blocking=True, description=words)


def _input_keys_by_table(home: Home) -> dict[str, list[dg.AssetKey]]:
    keys: dict[str, list[dg.AssetKey]] = {}
    for item in [*shipped_inputs(home.data), user_claims_input(Path("user_claims.csv"))]:
        keys.setdefault(item.table.full_name(), []).append(input_key(item))
    for name, intake in intake_keys_by_table().items():
        keys.setdefault(name, []).extend(intake)
    keys[Dataset.full_name()] = [key for group in list(keys.values()) for key in group]
    return keys
