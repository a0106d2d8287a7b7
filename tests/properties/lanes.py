"""Two reports of every lane for property tests, drawn together so that pairs occur, and the inputs of the models made of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

COUNTRIES = ("HKG", "KOR", "THA", "TWN")
CODES = ("854231", "854232", "847330")
YEARS = (2022, 2023, 2024)
LOW, CENTRAL, HIGH = 0.002, 0.01, 0.06
NES = "XNS"
ABSENT = "absent"
SIDES = {"X": 0, "M": 1}

Record = dict[str, Any]
Report = tuple[str, str, str, str, int]  # reporter, partner, flow, code, year
Lane = tuple[str, str, str]  # exporter, importer, code
Side = int | str | None  # what one side says of a year: an amount, nothing (ABSENT), or a suppressed figure (None)
Lanes = dict[Lane, list[tuple[Side, Side]]]

positive = st.integers(10_000, 10**12)
sides = st.one_of(st.just(ABSENT), st.none(), st.just(0), st.integers(-1_000, -1), st.integers(1, 10**6), positive, positive)
lane_names = st.tuples(st.permutations(COUNTRIES), st.sampled_from(CODES)).map(lambda drawn: (*drawn[0][:2], drawn[1]))
mixed_years = st.lists(st.tuples(sides, sides), min_size=3, max_size=3)
clean_years = st.lists(st.tuples(positive, positive), min_size=3, max_size=3)
lanes = st.dictionaries(lane_names, mixed_years | clean_years, min_size=4, max_size=9)
unnamed = st.dictionaries(
    st.tuples(st.sampled_from(COUNTRIES), st.sampled_from("MX"), st.sampled_from(CODES)), positive, max_size=3
)
complete = st.sets(st.tuples(st.sampled_from(COUNTRIES), st.sampled_from("MX"), st.sampled_from(CODES)), max_size=6)
resold = st.dictionaries(
    st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(COUNTRIES), st.sampled_from(CODES)), st.integers(0, 10**9), max_size=4
)


def reports_of(drawn: Lanes, nameless: Mapping[tuple[str, str, str], int] | None = None) -> dict[Report, Any]:
    """Yearly reports of both sides of every lane, and of trade with partners without a country."""
    filed: dict[Report, Any] = {}
    for (exporter, importer, code), years in drawn.items():
        for year, (told, mirrored) in zip(YEARS, years, strict=True):
            filed[exporter, importer, "X", code, year] = told
            filed[importer, exporter, "M", code, year] = mirrored
    for (reporter, flow, code), value in (nameless or {}).items():
        filed[reporter, NES, flow, code, YEARS[-1]] = value
    return {place: value for place, value in filed.items() if value != ABSENT}


def said(drawn: Lanes, row: Mapping[str, Any], flow: str) -> Side:
    """What one side of a lane said of the year of a row."""
    years = drawn[row["exporter_iso3"], row["importer_iso3"], row["product_code"]]
    return years[YEARS.index(row["period_start"].year)][SIDES[flow]]


def period(year: int) -> Record:
    """A calendar year."""
    return {"frequency": "A", "period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}


def report(place: Report, value: int | None) -> Record:
    """One yearly report; exports FOB, imports CIF, NULL = suppressed."""
    reporter, partner, flow, code, year = place
    state = "suppressed" if value is None else "zero" if value == 0 else "reported"
    return {
        "reporter_iso3": reporter, "partner_iso3": partner, "flow": flow, "product_code": code, **period(year),
        "value_usd": value, "value_basis": "CIF" if flow == "M" else "FOB", "cell_state": state,
        "absence_reason": "suppressed" if value is None else None, "licence_id": "open",
    }  # fmt: skip


def tables(
    filed: Mapping[Report, int | None],
    listed: Iterable[tuple[str, str, str]] = (),
    sold_on: Mapping[tuple[str, str, str], int] | None = None,
    rates: tuple[float, float, float] = (LOW, CENTRAL, HIGH),
) -> dict[str, list[Record]]:
    """Inputs of the pair model: reports, complete lists of partners in all years, a hub's re-exports, freight rates."""
    parameter = {"reporter_class": "any", "stage_scope": "any"}
    low, central, high = rates
    return {
        "metrics.metric_bilateral_report": [report(place, value) for place, value in filed.items()],
        "metrics.metric_world_report": [
            {"reporter_iso3": reporter, "flow": flow, "product_code": code, **period(year), "value_usd": 1,
             "is_partner_list_complete": True}
            for reporter, flow, code in listed for year in YEARS
        ],
        "metrics.metric_hub_reexport": [
            {"hub_iso3": "HKG", "origin_iso3": origin, "destination_iso3": destination, "product_code": code,
             "window_kind": "year", "period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31), "reexport_usd": value,
             "origin_low_usd": value, "origin_central_usd": value, "origin_high_usd": value}
            for (origin, destination, code), value in (sold_on or {}).items()
        ],
        "core.dim_country": [{"country_iso3": name, "country_kind": "country"} for name in COUNTRIES]
        + [{"country_iso3": NES, "country_kind": "residual"}],
        "core.dim_hub": [{"country_iso3": "HKG", "hub_role": "entrepot"}],
        "core.dim_licence": [{"licence_id": "open", "may_redistribute_rows": True}],
        "core.dim_flow_parameter": [
            {**parameter, "parameter_id": "f", "parameter": "freight_rate", "parameter_low": low, "parameter_central": central,
             "parameter_high": high},
            {**parameter, "parameter_id": "t", "parameter": "transit_months", "parameter_low": 0, "parameter_central": 0,
             "parameter_high": 1},
            {**parameter, "parameter_id": "m", "parameter": "reexport_markup", "parameter_low": 0.03, "parameter_central": 0.1,
             "parameter_high": 0.25},
        ],
        "metrics.metric_reporter_reliability": [],
    }  # fmt: skip


def pair(exported: int, imported: int) -> dict[Report, int | None]:
    """Two reports of one trade."""
    return {("TWN", "THA", "X", "854231", 2023): exported, ("THA", "TWN", "M", "854231", 2023): imported}
