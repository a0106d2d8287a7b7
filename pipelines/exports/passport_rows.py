"""The row-level step of a passport: from the key columns of a report row to the fact rows and filed records behind it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

Row = dict[str, Any]
SHOWN = 12
FACTS = {  # prefix of a figure_id: table of the fact, its id column, the input table that its file feeds
    "supply": ("core.fact_supply", "supply_id", "tidy.supply"),
    "claim": ("core.fact_claim", "claim_id", "tidy.claim"),
    "price": ("core.fact_price", "price_id", "tidy.price"),
    "compute_series": ("core.fact_compute_series", "series_id", "tidy.compute_series"),
    "smuggled_series": ("staging.stg_smuggled_series", "period_id", "tidy.smuggled_series"),
}
NAMED = {  # id column of a report: table it names a row of, id column there, input table
    **{f"claim{part}_id": FACTS["claim"] for part in ("", "_a", "_b")},
    "other_claim_id": FACTS["claim"],
    "price_id": FACTS["price"],
    "reference_price_id": FACTS["price"],
    "supply_id": FACTS["supply"],
    "prior_id": ("core.dim_prior", "prior_id", "tidy.prior"),
    "rule_id": ("core.fact_rule_change", "rule_id", "tidy.rule_change"),
    "other_rule_id": ("core.fact_rule_change", "rule_id", "tidy.rule_change"),
    "chip_id": ("core.dim_chip", "chip_id", "tidy.chip"),
    "design_id": ("tidy.event_design", "design_id", "tidy.event_design"),
    "outcome_id": ("tidy.outcome_series", "outcome_id", "tidy.outcome_series"),
    "document_number": ("staging.stg_register_document", "document_number", "tidy.register_document"),
    "dataset_id": ("core.dim_dataset", "dataset_id", "tidy.dataset"),
}
PERIODS = ("period_id", "before_period", "after_period")
CHANNEL = (*PERIODS, "series_kind", "mix_series", "unit_of_account", "channel")
COUNTRIES = re.compile(r"(^|_)iso3$")
RECORDS = "windows, weights and other lanes that a model reads as well are not among these records"
PRODUCTS = ("product_code", "goods_id", "newer_code", "older_code", "price_series_code")
LINEAGE = re.compile(r"(\w+)=([^,;]+)")
FIGURE = re.compile(r"\b(?:" + "|".join(FACTS) + r"):[^\s:]+:[a-z0-9_]+")
FILE_COLUMNS = ("dataset_id", "file_name", "publisher", "licence_id", "may_redistribute_rows")


@dataclass(frozen=True)
class RowStep:
    """One step down: the table whose rows are meant, by which columns, how many there are, and the first of them."""

    title: str
    table: str
    by: tuple[str, ...]
    n_rows: int
    rows: list[Row] = field(default_factory=list)
    note: str = ""


Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Warehouse:
    """A read-only connection, with every input file, its publisher and its terms by dataset."""

    con: Con
    files: Mapping[str, Row]

    def rows(self, sql: str, values: list[Any] | None = None) -> list[Row]:
        """Rows of a query as dictionaries, in its order."""
        return dictionaries(self.con, sql, values)

    def file_behind(self, row: Row, input_table: str) -> Row:
        """The file of one fact row: the dataset it names, the user's own claims, or the one file that feeds the table."""
        if row.get("dataset_id") in self.files:
            return self.files[row["dataset_id"]]
        if row.get("claim_origin") == "user" and "user_claims" in self.files:
            return self.files["user_claims"]
        return next((each for each in self.files.values() if each["table_name"] == input_table), {})


def row_steps(con: Con, row: Mapping[str, Any], files: Mapping[str, Row]) -> list[RowStep]:
    """Every row-level step that the columns of a report row allow; none where the row carries no key of a record."""
    found: dict[tuple[str, str, tuple[str, ...], str], RowStep] = {}
    for meant in (row, *_lineage_rows(row)):
        for step in (_answer_steps, _channel_inputs, _named_rows, _filed_records):
            for each in step(Warehouse(con, files), meant):
                found.setdefault((each.table, each.title, each.by, str(each.rows)), each)
    return list(found.values())


def _lineage_rows(row: Mapping[str, Any]) -> Iterator[Row]:
    """The rows that a finding says it is read from: `metrics.metric_answer: answer_id=x` becomes the row answer_id = x."""
    named = {name: text.split(" and ") for name, text in LINEAGE.findall(str(row.get("lineage") or ""))}
    for place in range(max((len(values) for values in named.values()), default=0)):
        yield {name: values[min(place, len(values) - 1)].strip() for name, values in named.items()}


def step_columns(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a report by which its rows are followed down to records."""
    channel = CHANNEL if set(columns) & set(PERIODS) and "chip_id" not in columns else ()
    return tuple(
        name for name in columns if name in ("answer_id", "lineage") or name in NAMED or name in channel or _is_trade(name)
    )


def files_of(con: Con) -> dict[str, Row]:
    """Every input file by dataset: hash, rows, publisher, terms."""
    sql = (
        "SELECT d.dataset_id, d.table_name, d.file_name, d.content_sha256, d.rows_accepted, d.retrieved, s.publisher, "
        "coalesce(d.origin_url, s.url) AS origin_url, d.licence_id, l.licence_name, l.may_redistribute_rows, l.attribution "
        "FROM core.dim_dataset d LEFT JOIN core.dim_source s ON s.source_id = d.source_id "
        "LEFT JOIN core.dim_licence l ON l.licence_id = d.licence_id ORDER BY d.dataset_id"
    )
    return {row["dataset_id"]: row for row in dictionaries(con, sql)}


def dictionaries(con: Con, sql: str, values: list[Any] | None = None) -> list[Row]:
    """Rows of a query as dictionaries, in its order."""
    result = con.execute(sql, values or [])
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _is_trade(name: str) -> bool:
    return bool(COUNTRIES.search(name)) or name in PRODUCTS


def _answer_steps(house: Warehouse, row: Mapping[str, Any]) -> Iterator[RowStep]:
    if not row.get("answer_id"):
        return
    columns = "step_no, step_kind, step_label, expression, step_unit, step_p05, step_p50, step_p95"
    sql = f"SELECT {columns} FROM exports.rpt_answer_trace WHERE answer_id = ? ORDER BY step_no"
    steps = house.rows(sql, [row["answer_id"]])
    yield RowStep("Steps from figures to the headline", "exports.rpt_answer_trace", ("answer_id",), len(steps), steps)
    figures = sorted({each for step in steps for each in FIGURE.findall(step["expression"] or "")})
    yield from _facts_of(house, figures, ("answer_id",))


def _channel_inputs(house: Warehouse, row: Mapping[str, Any]) -> Iterator[RowStep]:
    periods = [str(row[name]) for name in PERIODS if row.get(name)]
    if not periods or "chip_id" in row:
        return
    series, unit = row.get("series_kind") or row.get("mix_series"), row.get("unit_of_account")
    sql = (
        "SELECT i.input_id, i.channel, i.period_id, i.series_kind, i.bound, i.figure_id, f.figure_value, f.known_at, i.factor, "
        "i.chip_id, i.price_figure_id, i.allocation, i.reason "
        "FROM tidy.channel_input i LEFT JOIN core.fact_figure f ON f.figure_id = i.figure_id "
        "WHERE list_has_any([i.period_id, left(i.period_id, 4)], ?) AND (? IS NULL OR i.series_kind = ?) "
        "AND (? IS NULL OR list_contains(string_split(i.feeds_units, ';'), ?)) "
        "ORDER BY i.channel, i.period_id, i.bound, i.input_id"
    )
    found = house.rows(sql, [periods, series, series, unit, unit])
    own = [each for each in found if not row.get("channel") or each["channel"] == row["channel"]]
    others = len(found) - len(own)
    note = f"{others} inputs of other channels of the period enter the total and the share" if others else ""
    by = tuple(name for name in CHANNEL if row.get(name))
    yield RowStep("Inputs of the channel", "tidy.channel_input", by, len(own), own, note)
    used = ("figure_id", "price_figure_id") if unit in (None, "usd") else ("figure_id",)
    yield from _facts_of(house, sorted({each[name] for each in own for name in used if each[name]}), by)
    chips = sorted({each["chip_id"] for each in own if each["chip_id"]})
    if chips and unit != "chips":
        yield _fact_rows(house, NAMED["chip_id"], chips, ("chip_id of the inputs",))


def _facts_of(house: Warehouse, figures: list[str], by: tuple[str, ...]) -> Iterator[RowStep]:
    wanted: dict[str, list[str]] = {}
    for figure in figures:
        table, _, rest = figure.partition(":")
        wanted.setdefault(table, []).append(rest.rpartition(":")[0])
    for table, ids in wanted.items():
        step = _fact_rows(house, FACTS[table], sorted(set(ids)), by)
        yield step
        claims = {claim for each in step.rows for claim in str(each.get("basis_claim_ids") or "").split(";") if claim}
        if claims:
            yield _fact_rows(house, FACTS["claim"], sorted(claims), ("basis_claim_ids",), "Claims the series is compiled from")


def _named_rows(house: Warehouse, row: Mapping[str, Any]) -> Iterator[RowStep]:
    for column, place in NAMED.items():
        if row.get(column):
            step = _fact_rows(house, place, [str(row[column])], (column,))
            yield step
            rules = {rule for each in step.rows for rule in str(each.get("event_rule_ids") or "").split(";") if rule}
            if rules:
                yield _fact_rows(house, NAMED["rule_id"], sorted(rules), ("event_rule_ids",), "Rules of the design")


def _fact_rows(house: Warehouse, place: tuple[str, str, str], ids: list[str], by: tuple[str, ...], title: str = "") -> RowStep:
    table, key, input_table = place
    found = house.rows(f"SELECT * FROM {table} WHERE list_contains(?, CAST({key} AS VARCHAR)) ORDER BY {key}", [ids])
    rows = [_shown(each, house.file_behind(each, input_table), key) for each in found]
    return RowStep(title or f"Rows of {table.partition('.')[2]}", table, by, len(rows), rows)


def _shown(row: Row, file: Row, *keys: str) -> Row:
    """The row with its file, as it may be shown: under terms that forbid passing rows on it is named, its values stay inside."""
    about = {name: file.get(name) for name in FILE_COLUMNS} | {"file_sha256": file.get("content_sha256")}
    named = {name: value for name, value in {**row, **about, **row}.items() if value is not None}
    if file.get("may_redistribute_rows") is not False:
        return named
    kept = {*keys, *FILE_COLUMNS, "file_sha256", "source_file_sha256", "source_row", "known_at"}
    return {name: value for name, value in named.items() if name in kept} | {"withheld": f"values ({file['licence_id']})"}


def _filed_records(house: Warehouse, row: Mapping[str, Any]) -> Iterator[RowStep]:
    where, values, by = _filter(house, row)
    if not where:
        return
    ((n_rows,),) = house.con.execute(f"SELECT count(*) FROM tidy.trade_obs o WHERE {where}", values).fetchall()
    columns = (
        "o.dataset_id, o.source_row, o.reporter_iso3, o.partner_iso3, o.flow, o.product_code, o.period_start, o.value_usd, "
        "o.value_local, o.currency, o.net_kg, o.absence_reason, o.known_at, o.vintage_at, o.source_file_sha256"
    )
    order = "o.dataset_id, o.source_row, o.vintage_at"
    found = house.rows(f"SELECT {columns} FROM tidy.trade_obs o WHERE {where} ORDER BY {order} LIMIT {SHOWN}", values)
    rows = [_shown(each, house.file_behind(each, "tidy.trade_obs")) for each in found]
    yield RowStep("Filed records", "tidy.trade_obs", by, int(n_rows), rows, RECORDS)


def _filter(house: Warehouse, row: Mapping[str, Any]) -> tuple[str, list[Any], tuple[str, ...]]:
    row = _with_series(house, row)
    parts: list[tuple[str, list[Any], tuple[str, ...]]] = [*_lane(row), *_goods(row), *_dates(row)]
    if not any(set(by) & {"product_code", "goods_id", "outcome_id", "dataset_id"} or "iso3" in "".join(by) for *_, by in parts):
        return "", [], ()
    for name in ("source_id", "dataset_id", "frequency", "flow", "trade_basis"):
        if row.get(name):
            parts.append((f"o.{name} = ?", [row[name]], (name,)))
    where = " AND ".join([*(part for part, *_ in parts), "o.known_at <= (SELECT as_of FROM core.run)"])
    return (
        where,
        [each for _, values, _ in parts for each in values],
        tuple(dict.fromkeys(name for *_, by in parts for name in by)),
    )


def _with_series(house: Warehouse, row: Mapping[str, Any]) -> Mapping[str, Any]:
    if not row.get("outcome_id"):
        return row
    columns = "source_id, reporter_iso3, partner_isos, flow, plus_codes, minus_codes"
    series = house.rows(f"SELECT {columns} FROM tidy.outcome_series WHERE outcome_id = ?", [row["outcome_id"]])
    return {**row, **(series[0] if series else {})}


def _lane(row: Mapping[str, Any]) -> Iterator[tuple[str, list[Any], tuple[str, ...]]]:
    places = {name: str(row[name]) for name in row if COUNTRIES.search(name) and row[name]}
    reporter, partner = row.get("reporter_iso3"), row.get("partner_iso3")
    partners = [each for each in str(row.get("partner_isos") or partner or "").split(";") if each]
    if reporter:
        yield "o.reporter_iso3 = ?", [reporter], ("reporter_iso3",)
        if partners and partners != ["WLD"]:
            yield "list_contains(?, o.partner_iso3)", [partners], ("partner_iso3",)
    elif len(places) > 1:
        countries = sorted(set(places.values()))
        condition = "list_contains(?, o.reporter_iso3) AND list_contains(?, o.partner_iso3)"
        yield condition, [countries, countries], tuple(places)
    elif places:
        yield "o.reporter_iso3 = ?", list(places.values()), tuple(places)


def _goods(row: Mapping[str, Any]) -> Iterator[tuple[str, list[Any], tuple[str, ...]]]:
    codes = [each for name in ("plus_codes", "minus_codes") for each in str(row.get(name) or "").split(";") if each]
    if codes:
        condition = " OR ".join("starts_with(o.product_code, ?)" for _ in codes)
        yield f"({condition})", [*codes], ("outcome_id",)
        return
    for name in ("product_code", "goods_id"):
        if row.get(name):
            yield "starts_with(o.product_code, ?)", [str(row[name])], (name,)


def _dates(row: Mapping[str, Any]) -> Iterator[tuple[str, list[Any], tuple[str, ...]]]:
    if row.get("month"):
        yield "o.period_start = ?", [row["month"]], ("month",)
    elif row.get("period_start") and row.get("period_end"):
        yield (
            "o.period_start >= ? AND o.period_end <= ?",
            [row["period_start"], row["period_end"]],
            ("period_start", "period_end"),
        )
    elif row.get("period_start"):
        yield "o.period_start = ?", [row["period_start"]], ("period_start",)
