"""Cells of the supply mix with their joint draws, as rows for a small world."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Cell = tuple[str, str, str]  # channel, period, unit
Rows = list[dict[str, Any]]


def cells(amounts: Mapping[Cell, Sequence[float]], others: Mapping[str, Sequence[float]] | None = None) -> dict[str, Rows]:
    """Quantities and draws: one list of draws per cell, and per other quantity such as a prior."""
    quantities, draws = [], []
    for (channel, period, unit), values in amounts.items():
        quantity_id = f"cell:{channel}:{period}:backbone:{unit}"
        middle = sorted(values)[(len(values) - 1) // 2]
        percentiles = dict.fromkeys(("draw_p05", "draw_p50", "draw_p95"), float(middle))
        kind = {"quantity_kind": "cell", "quantity_series": "backbone"}
        quantities.append(
            {"quantity_id": quantity_id, **kind, "channel": channel, "period_id": period, "unit": unit, **percentiles}
        )
        draws += draws_of(quantity_id, values)
    for quantity_id, values in (others or {}).items():
        draws += draws_of(quantity_id, values)
    return {"metrics.metric_channel_supply": [], "metrics.metric_quantity": quantities, "metrics.fact_draw": draws}


def draws_of(quantity_id: str, values: Iterable[float]) -> Rows:
    """One draw per value, numbered from 1."""
    return [{"quantity_id": quantity_id, "draw_id": n, "draw_amount": value} for n, value in enumerate(values, start=1)]


def licence_rule(rule_id: str, **more: Any) -> dict[str, Any]:
    """A US rule that restricts sales of a chip it names."""
    goods = {"products": "ai_accelerator;gpu_server", "chips": "H20", "destinations": "CHN", "importance": 1}
    maker = {"jurisdiction": "USA", "flow_side": "export_control", "action": "restrict", "direction": "tighten"}
    return {"rule_id": rule_id, **goods, **maker, **more}
