"""Why an exported number moved: changed input rows and changed code, followed through the models whose content changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from pipelines.exports.release_changes import ROW, input_changes
from pipelines.exports.release_store import Release

RUN = "core.run"
UNEXPLAINED = "unexplained"
WEAK = ("source_file",)  # follows from a change of values, so it explains only what nothing else reaches
# Reports whose row rests on records of its own reporter only (tested on the shipped data): other reporters' are no cause.
BY_REPORTER = (
    "rpt_bilateral_report",
    "rpt_concentration",
    "rpt_price_volume",
    "rpt_proxy_group",
    "rpt_revision",
    "rpt_unit_value",
    "rpt_vintage",
    "rpt_world_report",
)
TRADE = "tidy.trade_obs"
# Reports whose row rests on the channel inputs of its own half-year and series only.
BY_CHANNEL_INPUT = ("rpt_supply_mix",)
FIGURES = {
    "supply": "tidy.supply",
    "claim": "tidy.claim",
    "price": "tidy.price",
    "compute_series": "tidy.compute_series",
    "smuggled_series": "tidy.smuggled_series",
}
Site = tuple[str, str]  # where a change happened (input table or model), and what kind it is


@dataclass(frozen=True)
class Causes:
    """Two releases with the changes between them, and for every table the changes that can have reached it."""

    first: Release
    second: Release
    changes: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @classmethod
    def between(cls, first: Release, second: Release) -> "Causes":
        """The causes of what differs between two releases."""
        return cls(first, second, input_changes(first, second))

    @cached_property
    def is_same_engine(self) -> bool:
        """Prints of content compare only within one version of DuckDB; else every table counts as changed."""
        return bool(self.first.manifest["duckdb"] == self.second.manifest["duckdb"])

    @cached_property
    def reached(self) -> dict[str, frozenset[Site]]:
        """For every table the sites of change that lead to it over tables whose content changed."""
        found: dict[str, frozenset[Site]] = {}
        for name in _order(self.first, self.second):
            found[name] = self._sites(name, found)
        return found

    def of_rows(self, table: str, rows: Iterable[str]) -> dict[str, frozenset[Site]]:
        """The sites that explain each changed row of an exported table; a site of its own for what nothing explains."""
        sites = self.reached.get(f"exports.{table}", frozenset())
        return {row: self._explaining(self._narrowed(table, row, sites)) for row in rows}

    def detail(self, site: Site) -> str:
        """A site in words: kind, place, number of rows, and an example."""
        place, kind = site
        changes = self.changes.get(place)
        rows = changes.filter(pl.col("kind") == kind) if changes is not None else None
        if rows is None or not rows.height:
            return f"{kind} in {place}" if place else kind
        return f"{kind} in {place} ({rows.height} rows, e.g. {rows[ROW].sort()[0]})"

    def _sites(self, name: str, found: Mapping[str, frozenset[Site]]) -> frozenset[Site]:
        if name == RUN:
            return frozenset({(RUN, "as_of_day")}) if self.first.as_of != self.second.as_of else frozenset()
        if name.startswith("tidy."):
            own = self.changes.get(name)
            return frozenset((name, kind) for kind in own["kind"].unique()) if own is not None else frozenset()
        one, other = (release.tables.get(name) for release in (self.first, self.second))
        if one and other and self.is_same_engine and (one["content"], one["rows"]) == (other["content"], other["rows"]):
            return frozenset()
        sites = {site for read in _reads(name, self.first, self.second) for site in found[read]}
        if not one or not other or one["code_sha256"] != other["code_sha256"]:
            sites.add((name, "code"))
        return frozenset(sites - self._filtered_day(name))

    def _filtered_day(self, name: str) -> set[Site]:
        """A model that keeps what was known by as_of passes the day on as rows; the day itself is no further cause."""
        reads = _reads(name, self.first, self.second)
        dated = [read for read in reads if read.startswith("tidy.") and "known_at" in self._columns(read)]
        return {(RUN, "as_of_day")} if RUN in reads and dated else set()

    def _columns(self, name: str) -> list[str]:
        release = self.second if self.second.part(name) else self.first
        return release.frame(name).columns

    def _explaining(self, sites: frozenset[Site]) -> frozenset[Site]:
        strong = frozenset(site for site in sites if site[1] not in WEAK)
        if strong or sites:
            return strong or sites
        if self.first.as_of != self.second.as_of:
            return frozenset({(RUN, "as_of_day")})
        return frozenset({("", UNEXPLAINED) if self.is_same_engine else ("DuckDB", "code")})

    def _narrowed(self, table: str, row: str, sites: frozenset[Site]) -> frozenset[Site]:
        """Sites that can reach one row, where the report's rows rest on some input rows only; all sites elsewhere."""
        if table in BY_REPORTER:
            reporter = _values(row).get("reporter_iso3", "")
            mine = {(TRADE, kind) for kind in self._kinds_by_reporter.get(reporter, ())}
            kept = frozenset(site for site in sites if site[0] != TRADE or site in mine)
        elif table in BY_CHANNEL_INPUT:
            values = _values(row)
            own = self._channel_sites(values["period_id"], values["series_kind"])
            held = {"tidy.channel_input", *FIGURES.values()}
            kept = frozenset(site for site in sites if site[0] not in held or site in own)
        else:
            return sites
        return kept or sites

    @cached_property
    def _kinds_by_reporter(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        if TRADE in self.changes:
            for reporter, kind in self.changes[TRADE].select("reporter_iso3", "kind").unique().iter_rows():
                found.setdefault(reporter, set()).add(kind)
        return found

    def _channel_sites(self, period: str, series: str) -> frozenset[Site]:
        key = (period, series)
        if key not in self._by_period:
            self._by_period[key] = frozenset(self._channel_sites_of(period, series))
        return self._by_period[key]

    @cached_property
    def _by_period(self) -> dict[tuple[str, str], frozenset[Site]]:
        return {}

    def _channel_sites_of(self, period: str, series: str) -> set[Site]:
        mine = (pl.col("period_id") == period) & (pl.col("series_kind") == series)
        own = self.changes.get("tidy.channel_input")
        sites = {("tidy.channel_input", kind) for kind in own.filter(mine)["kind"].unique()} if own is not None else set()
        for inputs in self._channel_inputs:
            for column in ("figure_id", "price_figure_id"):
                for figure in inputs.filter(mine)[column].drop_nulls().unique():
                    sites |= self._figure_sites(figure)
        return sites

    @cached_property
    def _channel_inputs(self) -> list[pl.DataFrame]:
        name = "tidy.channel_input"
        return [release.frame(name) for release in (self.first, self.second) if release.part(name)]

    def _figure_sites(self, figure: str) -> set[Site]:
        prefix, _, rest = figure.partition(":")
        name = FIGURES.get(prefix, "")
        return {(name, kind) for kind in self._kinds_by_id.get(name, {}).get(rest.rpartition(":")[0], ())}

    @cached_property
    def _kinds_by_id(self) -> dict[str, dict[str, set[str]]]:
        found: dict[str, dict[str, set[str]]] = {}
        for name in FIGURES.values():
            if name in self.changes:
                key = (self.second if self.second.part(name) else self.first).tables[name]["key"][0]
                for value, kind in self.changes[name].select(key, "kind").unique().iter_rows():
                    found.setdefault(name, {}).setdefault(str(value), set()).add(kind)
        return found


def cause_words(sites: Iterable[Site]) -> str:
    """One kind of cause by its name, several as `several: a, b`."""
    kinds = sorted({kind for _, kind in sites})
    return kinds[0] if len(kinds) == 1 else f"several: {', '.join(kinds)}"


def _values(row: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in row.split(" ") if "=" in part)


def _reads(name: str, *releases: Release) -> list[str]:
    return sorted({read for release in releases for read in release.tables.get(name, {}).get("reads", ())})


def _order(first: Release, second: Release) -> list[str]:
    """Tables of both releases, each after what it reads in either."""
    done: dict[str, None] = {}
    waiting = sorted({*first.tables, *second.tables}, reverse=True)
    while waiting:
        name = waiting[-1]
        open_ = [read for read in _reads(name, first, second) if read not in done]
        if open_ and name not in done:
            waiting += [read for read in reversed(open_) if read != name]
        else:
            done.setdefault(waiting.pop())
    return list(done)
