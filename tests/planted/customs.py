"""What customs services file of the planted worlds: rows of the tidy tables, and the nasty but harmless company they keep."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from generator import (
    ANNOUNCED,
    BASE,
    BITE,
    DESTINATIONS,
    EVENT,
    EXPORTERS,
    FREIGHT,
    HUBS,
    LATE,
    MARKUP,
    MONTHS,
    ONWARD,
    OUTPUT_SLACK,
    POST,
    RESIDUAL,
    TARGET,
    Amounts,
    Planted,
)
from world import calendar_rows, month_end

Row = dict[str, Any]

RULE = "planted_rule"
AS_OF = date(2026, 9, 30)
FIRST, MAIN, AGAIN = ("planted_first", date(2026, 5, 1)), ("planted", date(2026, 6, 1)), ("planted_again", date(2026, 7, 1))
COMTRADE = {"USA": "842", "TWN": "490", "KOR": "410"}
CONTROL = "990010"
WORLD, GROUP = "WLD", "EUU"
N_CLUTTERED = 24  # the first three worlds of each kind


@dataclass(frozen=True)
class Series:
    """The filed months of one reporter, partner, flow, code and breakdown."""

    product_code: str
    reporter: str
    partner: str
    flow: str
    amounts: Amounts
    basis: str = "FOB"
    partner2: str = "0"
    customs: str = "C00"
    transport: str = "0"
    dataset: tuple[str, date] = MAIN


def filed(worlds: Iterable[Planted]) -> Iterator[Series]:
    """Everything that is filed of the worlds, clutter included."""
    for planted in worlds:
        rows = [*exports(planted), *arrivals(planted), *target_imports(planted), *hub_exports(planted)]
        rows += totals(rows)
        yield from rows
        if planted.number < N_CLUTTERED:
            yield from clutter(rows)
    yield from controls()


def exports(planted: Planted) -> Iterator[Series]:
    """Exports of both exporters by destination, FOB."""
    for exporter, leg in zip(planted.exporters, planted.legs, strict=True):
        for partner, amounts in zip(DESTINATIONS, leg.sent, strict=True):
            if partner != exporter:
                yield Series(planted.product_code, exporter, partner, "X", amounts)


def arrivals(planted: Planted) -> Iterator[Series]:
    """Imports of the hubs from both exporters, with freight where the world has any."""
    for exporter, leg in zip(planted.exporters, planted.legs, strict=True):
        for hub, amounts in zip(HUBS, leg.landed, strict=True):
            yield Series(planted.product_code, hub, exporter, "M", amounts, import_basis(planted))


def target_imports(planted: Planted) -> Iterator[Series]:
    """Imports of the target by origin: goods of the exporters by whatever way they came, and the hubs' own goods."""
    with_freight = planted.declared * (1 + planted.draws.freight_target)
    for partner, amounts in zip((*planted.exporters, *HUBS), with_freight, strict=True):
        yield Series(planted.product_code, TARGET, partner, "M", amounts, import_basis(planted))


def hub_exports(planted: Planted) -> Iterator[Series]:
    """Exports of the hubs, of them re-exports, and re-exports by origin (second partner) and destination."""
    first, second = planted.legs
    for h, hub in enumerate(HUBS):
        for y, partner in enumerate(ONWARD):
            parts = (first.reexport[h, y], second.reexport[h, y])
            yield Series(planted.product_code, hub, partner, "X", sum(parts) + planted.draws.output[h, y])
            if planted.draws.speaks[h]:
                yield Series(planted.product_code, hub, partner, "RX", sum(parts, np.zeros(len(MONTHS))))
                for exporter, part in zip(planted.exporters, parts, strict=True):
                    yield Series(planted.product_code, hub, partner, "RX", part, partner2=COMTRADE[exporter])


def totals(rows: Iterable[Series]) -> list[Series]:
    """World rows: the sum over partners of every reporter and flow."""
    found: dict[tuple[str, str], Series] = {}
    for row in rows:
        if row.partner2 == "0":
            key = (row.reporter, row.flow)
            before = found[key].amounts if key in found else 0
            found[key] = replace(row, partner=WORLD, amounts=row.amounts.round(2) + before)
    return list(found.values())


def clutter(rows: Iterable[Series]) -> Iterator[Series]:
    """What must not change any answer: parts under a total, a first release that was wrong, the last release twice."""
    for row in rows:
        yield replace(row, dataset=AGAIN)
        if row.partner2 != "0" or row.partner == WORLD:
            continue
        yield replace(row, dataset=FIRST, amounts=3 * row.amounts)
        if row.reporter in (*EXPORTERS, TARGET):
            for transport, share in (("1000", 0.75), ("2100", 0.25)):
                yield replace(row, transport=transport, amounts=share * row.amounts)
                yield replace(row, customs="C01", transport=transport, amounts=share / 2 * row.amounts)
        if row.reporter in EXPORTERS and row.partner == "DEU":
            yield replace(row, partner=GROUP, amounts=5 * row.amounts)


def controls() -> Iterator[Series]:
    """A code that the rule does not name: filed zeros, a negative correction, months that the reporter kept back."""
    amounts = np.full(len(MONTHS), 1e6)
    amounts[5], amounts[EVENT] = -25e3, 0
    for partner in ("DEU", "JPN", TARGET, "HKG"):
        yield Series(CONTROL, "USA", partner, "X", amounts)
    yield Series(CONTROL, "USA", "SGP", "X", np.full(len(MONTHS), np.nan))
    yield Series(CONTROL, TARGET, "USA", "M", 1.01 * amounts, "CIF")


def import_basis(planted: Planted) -> str:
    """Valuation of imports in a world."""
    return "CIF" if planted.kind.is_cif else "FOB"


def trade_obs(rows: Iterable[Series]) -> pl.DataFrame:
    """Rows of tidy.trade_obs in cents; a month without trade has no row, as publishers file it; not a number = kept back."""
    series = [row for row in rows if row.amounts.any()]
    keys = pl.DataFrame(
        {
            "dataset_id": [row.dataset[0] for row in series],
            "vintage_at": [row.dataset[1] for row in series],
            "reporter_iso3": [row.reporter for row in series],
            "partner_iso3": [row.partner for row in series],
            "flow": [row.flow for row in series],
            "product_code": [row.product_code for row in series],
            "partner2_code": [row.partner2 for row in series],
            "customs_code": [row.customs for row in series],
            "transport_code": [row.transport for row in series],
            "value_basis": [row.basis for row in series],
        }
    )
    months = pl.DataFrame({"period_start": MONTHS, "period_end": [month_end(month) for month in MONTHS]})
    amounts = pl.Series("value_usd", np.concatenate([row.amounts for row in series]).round(2))
    flat = keys.join(months, how="cross", maintain_order="left_right").with_columns(amounts).filter(pl.col("value_usd") != 0)
    kept_back = pl.col("value_usd").is_nan()
    return flat.with_columns(
        source_id=pl.lit("comtrade"),
        source_row=pl.int_range(pl.len()).over("dataset_id") + 2,
        trade_basis=pl.when(pl.col("flow") == "M").then(pl.lit("imports")).otherwise(pl.lit("total_exports")),
        frequency=pl.lit("M"),
        known_at=pl.col("vintage_at"),
        absence_reason=pl.when(kept_back).then(pl.lit("suppressed")),
        value_usd=pl.when(~kept_back).then(pl.col("value_usd")).cast(pl.Decimal(20, 3)),
    )


def reference(worlds: Iterable[Planted]) -> dict[str, list[Row]]:
    """Rows of the reference tables: countries, hubs, products, the rule, datasets, parameters, calendar."""
    planted = list(worlds)
    return {
        "tidy.country": countries(),
        "tidy.hub": [{"country_iso3": hub, "hub_role": role, "publishes_reexports": "true"} for hub, role in HUBS.items()],
        "tidy.product": products(planted),
        "tidy.rule_change": [rule(planted)],
        "tidy.dataset": [{"dataset_id": name, "source_id": "comtrade"} for name in (FIRST[0], MAIN[0], AGAIN[0], "rule_changes")],
        "tidy.dataset_scope": [
            {"dataset_id": name, "has_all_lines": False, "has_all_partners": True} for name, _ in (FIRST, MAIN, AGAIN)
        ],
        "tidy.flow_parameter": parameters(planted),
        "tidy.calendar": calendar_rows(date(2022, 1, 1), 57),
    }


def countries() -> list[Row]:
    """All places, with the Comtrade codes that name an origin."""
    kinds = {**dict.fromkeys((*EXPORTERS, *DESTINATIONS), "country"), "HKG": "territory", RESIDUAL: "residual"}
    kinds |= {WORLD: "aggregate", GROUP: "aggregate"}
    return [
        {
            "country_iso3": iso,
            "country_kind": kind,
            "comtrade_code": COMTRADE.get(iso),
            "rollup": "CHN+HKG+MAC" if iso in (TARGET, "HKG") else None,
        }
        for iso, kind in kinds.items()
    ]


def products(worlds: Iterable[Planted]) -> list[Row]:
    """One code per world, and the code that the rule does not name."""
    coded = [(planted.product_code, planted.stage, "upstream_memory") for planted in worlds] + [(CONTROL, "control", "none")]
    return [
        {"product_id": f"HS6-{code}", "classification": "HS", "code": code, "level": 6, "stage": stage, "ai_group": group}
        for code, stage, group in coded
    ]


def rule(worlds: Iterable[Planted]) -> Row:
    """The one rule: it tightens exports of every planted code to the target."""
    return {
        "rule_id": RULE,
        "jurisdiction": "USA",
        "known_at": ANNOUNCED,
        "announced_date": ANNOUNCED,
        "anticipation_date": ANNOUNCED,
        "effective_date": BITE,
        "bite_date": BITE,
        "bite_basis": "effective",
        "date_precision": "day",
        "status_class": "in_force",
        "action": "restrict",
        "direction": "tighten",
        "importance": 1,
        "flow_side": "export_control",
        "destinations": TARGET,
        "hs6_exposed": ";".join(planted.product_code for planted in worlds),
        "event_grade": "A",
    }


def parameters(worlds: Iterable[Planted]) -> list[Row]:
    """Intervals in which the planted parameters were drawn: general ones, one per stage, one per hub's own output."""
    found = [
        interval("markup-any", "reexport_markup", MARKUP),
        interval("transit-any", "transit_months", LATE),
        interval("margin-any", "value_added_margin", MARKUP),
    ]
    found += [interval(f"freight-{stage}", "freight_rate", bounds, stage) for stage, bounds in FREIGHT.items()]
    for planted in worlds:
        for h, hub in enumerate(HUBS):
            years = [float(planted.draws.output[h, :, window].sum()) for window in (BASE, POST)]
            bounds = ((1 - OUTPUT_SLACK) * min(years), sum(years) / 2, (1 + OUTPUT_SLACK) * max(years))
            found.append(
                interval(f"output-{hub}-{planted.product_code}", "domestic_output_usd", bounds, planted.product_code, hub)
            )
    return found


def interval(name: str, parameter: str, bounds: tuple[float, float, float], scope: str = "any", place: str = "any") -> Row:
    """One row of the parameter table."""
    return {
        "parameter_id": name,
        "parameter": parameter,
        "reporter_class": place,
        "stage_scope": scope,
        **dict(zip(("parameter_low", "parameter_central", "parameter_high"), bounds, strict=True)),
        "parameter_basis": "survey",
    }
