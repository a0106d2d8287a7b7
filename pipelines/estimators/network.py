"""Position of countries in the network of one good: transit balance and PageRank (METHODS A16)."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.errors import ModelError
from pipelines.schemas.tables.metrics_measures import MetricNetworkPosition

REPORTS, COUNTRIES, RECONCILED = "metrics.metric_bilateral_report", "core.dim_country", "metrics.metric_reconciled_flow"
DAMPING = 0.85
TOLERANCE = 1e-13  # per country, so that the ranks are good to nine digits
MOST_STEPS = 10_000
NETWORK = ("flow_basis", "product_code", "period_start")
NODE = (*NETWORK, "country_iso3")
NO_COUNTRY = ("aggregate", "residual")  # a rest is no node: nobody knows where it is
Numbers = np.ndarray
READING = "Descriptive of the loaded reports only: hubs pass goods on by trade; no evidence of diversion, never an accusation"


def network_positions(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Flows, transit balance and PageRank of every country, good, year and basis; descriptive only, never an accusation.

    Reads metrics.metric_bilateral_report, core.dim_country and, where it is given, metrics.metric_reconciled_flow; returns
    the columns of metric_network_position. Residual partners and groups of countries are left out. A side that no report
    covers is NULL, not 0, and without it there is no transit balance. A country without any positive flow has no rank.
    """
    flows = _between_countries(_flows(frames), frames[COUNTRIES])
    inflows, outflows = _side(flows, "importer", "inflow_usd", "n_in"), _side(flows, "exporter", "outflow_usd", "n_out")
    nodes = inflows.join(outflows, on=NODE, how="full", coalesce=True)
    return _described(nodes.join(_ranked(flows), on=NODE, how="left")).select(*MetricNetworkPosition.schema())


def ranks(weights: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """PageRank (damping 0.85) of each country from positive flows {(exporter, importer): value}; the ranks add up to 1.

    Each exporter's flows count as shares; the rank of a country without outflows is spread evenly over all countries.
    """
    edges = pl.DataFrame([(*pair, usd) for pair, usd in weights.items()], schema=["exporter", "importer", "usd"], orient="row")
    found = _all_ranks(edges.with_columns(network=pl.lit(0, dtype=pl.Int64)))
    return dict(found.select("country_iso3", "pagerank").iter_rows())


def _flows(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Annual cells with a value as exporter, importer and value, one set per basis; negative corrections stay out."""
    reports = frames[REPORTS].filter(pl.col("frequency") == "A")
    parts = [
        _cells(reports.filter(pl.col("flow") == "X"), "exporter_report", "reporter_iso3", "partner_iso3", "value_usd"),
        _cells(reports.filter(pl.col("flow") == "M"), "importer_report", "partner_iso3", "reporter_iso3", "value_usd"),
    ]
    if RECONCILED in frames:
        years = frames[RECONCILED].filter(pl.col("window_kind") == "year")
        parts.append(_cells(years, "reconciled", "exporter_iso3", "importer_iso3", "reconciled_usd"))
    return pl.concat(parts).filter(pl.col("usd") >= 0)


def _cells(frame: pl.DataFrame, basis: str, exporter: str, importer: str, usd: str) -> pl.DataFrame:
    return frame.select(
        pl.lit(basis).alias("flow_basis"),
        "product_code",
        "period_start",
        pl.col(exporter).alias("exporter"),
        pl.col(importer).alias("importer"),
        pl.col(usd).alias("usd"),
    )


def _between_countries(flows: pl.DataFrame, countries: pl.DataFrame) -> pl.DataFrame:
    known = countries.filter(~pl.col("country_kind").is_in(NO_COUNTRY))["country_iso3"].to_list()
    return flows.filter(pl.col("exporter").is_in(known), pl.col("importer").is_in(known))


def _side(flows: pl.DataFrame, end: str, amount: str, count: str) -> pl.DataFrame:
    """Sum of the cells and number of positive ones per country at one end; a country without a cell has no row."""
    return flows.group_by(*NETWORK, pl.col(end).alias("country_iso3")).agg(
        pl.col("usd").sum().cast(pl.Decimal(20, 3)).alias(amount),
        (pl.col("usd") > 0).sum().cast(pl.Int64).alias(count),
    )


def _ranked(flows: pl.DataFrame) -> pl.DataFrame:
    """PageRank of every country that has a positive flow, and how many there are in its network."""
    edges = flows.filter(pl.col("usd") > 0).with_columns(pl.col("usd").cast(pl.Float64))
    networks = edges.select(NETWORK).unique().with_row_index("network").with_columns(pl.col("network").cast(pl.Int64))
    ranked = _all_ranks(edges.join(networks, on=NETWORK)).join(networks, on="network")
    return ranked.with_columns(pl.len().over("network").cast(pl.Int64).alias("n_countries")).drop("network")


def _all_ranks(edges: pl.DataFrame) -> pl.DataFrame:
    """PageRank of the countries of many networks at once (columns network, exporter, importer, usd), by one power iteration.

    A network stops at its own first step below the tolerance, so its ranks are those it has when it is ranked alone.
    """
    ends = [edges.select("network", pl.col(end).alias("country_iso3")) for end in ("exporter", "importer")]
    nodes = pl.concat(ends).unique().sort("network", "country_iso3").with_row_index("node")
    placed = edges.sort("network", "exporter", "importer")
    for end in ("exporter", "importer"):
        numbers = nodes.select("network", pl.col("country_iso3").alias(end), pl.col("node").alias(f"{end}_node"))
        placed = placed.join(numbers, on=["network", end], how="left", maintain_order="left")
    network = nodes["network"].rle_id().cast(pl.Int64).to_numpy()
    start, goal = placed["exporter_node"].to_numpy(), placed["importer_node"].to_numpy()
    ranked = _power_iteration(network, start, goal, placed["usd"].to_numpy())
    return nodes.select("network", "country_iso3").with_columns(pl.Series("pagerank", ranked, dtype=pl.Float64))


def _power_iteration(network: Numbers, start: Numbers, goal: Numbers, usd: Numbers) -> Numbers:
    """Rank per node; `network` numbers the network of each node from 0, the others give both ends and value of each edge."""
    outflow = np.bincount(start, usd, network.size)
    share, is_sink = 1 / outflow[start] * usd, outflow == 0
    size = np.bincount(network)[network]
    even = 1 / size
    rank, final = even, np.full(network.size, np.nan)
    for _ in range(MOST_STEPS):
        sunk = np.bincount(network[is_sink], rank[is_sink], network.max(initial=-1) + 1)[network]
        before, rank = rank, DAMPING * (np.bincount(goal, share * rank[start], network.size) + sunk * even) + (1 - DAMPING) * even
        change = np.bincount(network, np.abs(rank - before))[network]
        final = np.where(np.isnan(final) & (change < size * TOLERANCE), rank, final)
        if not np.isnan(final).any():
            return np.asarray(final / np.bincount(network, final)[network])
    raise ModelError(f"PageRank: found ranks still moving after {MOST_STEPS} steps; expected rest below {TOLERANCE} per country")


def _described(nodes: pl.DataFrame) -> pl.DataFrame:
    inflow, outflow = pl.col("inflow_usd").cast(pl.Float64), pl.col("outflow_usd").cast(pl.Float64)
    year, is_reconciled = pl.col("period_start"), pl.col("flow_basis") == "reconciled"
    return nodes.with_columns(
        pl.col("n_in", "n_out", "n_countries").fill_null(0),
        pl.when(inflow + outflow > 0).then(2 * pl.min_horizontal(inflow, outflow) / (inflow + outflow)).alias("transit_balance"),
        pl.when(inflow.is_null()).then(pl.lit("inflow_not_reported"))
        .when(outflow.is_null()).then(pl.lit("outflow_not_reported"))
        .when(inflow + outflow == 0).then(pl.lit("isolated"))
        .alias("transit_reason"),
        pl.when(pl.col("pagerank").is_null()).then(pl.lit("isolated")).alias("absence_reason"),
        year.dt.offset_by("1y").dt.offset_by("-1d").alias("period_end"),
        pl.lit(READING).alias("reading"),
        pl.when(is_reconciled).then(pl.lit("reconciled")).otherwise(pl.lit("official")).alias("value_label"),
        pl.lit("descriptive").alias("evidence_label"),
    )  # fmt: skip
