"""Filed trade records for property tests: rows of tidy.trade_obs, and the cube that the real SQL makes of them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from world import case, month_end, months_from

MONTHS = months_from(date(2024, 1, 1), 3)
PARTNERS = ("CHN", "MEX", "TWN")
CODES = ("847150", "847180")
KINDS = {**dict.fromkeys(("CHN", "MEX", "MYS", "TWN", "USA"), "country"), "WLD": "aggregate", "EUU": "aggregate"}
COUNTRIES = [{"country_iso3": iso, "country_kind": kind} for iso, kind in KINDS.items()]
TOTAL = {"partner2_code": "0", "customs_code": "C00", "transport_code": "0"}
VINTAGE = date(2025, 1, 1)

Record = dict[str, Any]
Cell = tuple[str, str, date]

amounts = st.none() | st.integers(-1_000, 10**12)
cells = st.dictionaries(
    st.tuples(st.sampled_from(PARTNERS), st.sampled_from(CODES), st.sampled_from(MONTHS)), amounts, min_size=1, max_size=12
)


def record(partner: str, code: str, month: date, value: int | None, **changes: Any) -> Record:
    """One filed export of the United States; a NULL value is one that the publisher suppressed."""
    return {
        "source_id": "comtrade",
        "dataset_id": "file",
        "reporter_iso3": "USA",
        "partner_iso3": partner,
        "flow": "X",
        "product_code": code,
        "period_start": month,
        "period_end": month_end(month),
        "known_at": VINTAGE,
        "vintage_at": VINTAGE,
        "value_usd": value,
        "absence_reason": "suppressed" if value is None else None,
        **TOTAL,
        **changes,
    }


def records(filed: Mapping[Cell, int | None], **changes: Any) -> list[Record]:
    """One record per cell."""
    return [record(*cell, value, **changes) for cell, value in filed.items()]


def later(rows: Iterable[Record], dataset: str = "revision") -> list[Record]:
    """The same records as the publisher released them a month later, in another file."""
    day = VINTAGE + timedelta(days=31)
    return [{**row, "dataset_id": dataset, "vintage_at": day} for row in rows]


def inputs(rows: Iterable[Record]) -> dict[str, list[Record]]:
    """Input tables of the cube: records numbered in the given order, countries and datasets."""
    numbered = [{**row, "source_row": place} for place, row in enumerate(rows, start=2)]
    datasets = sorted({row["dataset_id"] for row in numbered})
    return {
        "tidy.trade_obs": numbered,
        "tidy.country": COUNTRIES,
        "tidy.dataset": [{"dataset_id": name} for name in datasets],
    }


def made(table: str, rows: Iterable[Record]) -> list[Record]:
    """Rows of one model built from filed records."""
    return case(table, inputs(rows))


def cube(rows: Iterable[Record], *left_out: str) -> list[Record]:
    """Rows of the flow cube without the named columns."""
    found = made("metrics.metric_flow_cube", rows)
    return [{name: cell for name, cell in row.items() if name not in left_out} for row in found]
