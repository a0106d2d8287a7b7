"""A14 over two hubs: what truly came from the origin lies in the bounds, whatever each hub chose to send on."""

from datetime import date
from math import isclose
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from world import FEW, case

FIRST, SECOND, TARGET, ORIGIN, OTHER = "HKG", "SGP", "CHN", "USA", "TWN"
MARGIN, FREIGHT = 0.25, (0.01, 0.03, 0.12)
CODES = tuple(f"8542{30 + number}" for number in range(12))  # one chain is one code
YEAR = {"window_kind": "year", "period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31)}

Record = dict[str, Any]
amounts = st.integers(0, 10**9)
shares = st.sampled_from((0.0, 1.0)) | st.floats(0, 1)


class Chain(NamedTuple):
    """What arrives and is made, and which share of each good goes on, with the margins and the freight of the leg between."""

    origin: int
    other: int
    own: int
    direct: int
    second_own: int
    first_shares: tuple[float, float, float]
    second_shares: tuple[float, float, float]
    margins: tuple[float, float, float, float]
    freight: float

    @property
    def first_parts(self) -> tuple[float, float, float]:
        """What the first hub sends to the second: of the origin, of others, its own."""
        sold = (self.origin * (1 + self.margins[0]), self.other * (1 + self.margins[1]), self.own)
        first, second, third = (share * value for share, value in zip(self.first_shares, sold, strict=True))
        return first, second, third

    @property
    def landed(self) -> tuple[float, float]:
        """What arrives at the second hub: of the origin by way of the first, and everything."""
        of_origin, *others = (part * (1 + self.freight) for part in self.first_parts)
        return of_origin, of_origin + sum(others) + self.direct

    @property
    def second_parts(self) -> tuple[float, float, float]:
        """What the second hub sends to the target: of the origin by way of the first, of other arrivals, its own."""
        of_origin, everything = self.landed
        sold = (of_origin * (1 + self.margins[2]), (everything - of_origin) * (1 + self.margins[3]), self.second_own)
        first, second, third = (share * value for share, value in zip(self.second_shares, sold, strict=True))
        return first, second, third


margins = st.sampled_from((0.0, MARGIN)) | st.floats(0, MARGIN)
chains = st.builds(
    Chain, amounts, amounts, amounts, amounts, amounts, st.tuples(shares, shares, shares), st.tuples(shares, shares, shares),
    st.tuples(margins, margins, margins, margins), st.sampled_from((FREIGHT[0], FREIGHT[2])) | st.floats(FREIGHT[0], FREIGHT[2]),
)  # fmt: skip


def bounds(filed: list[Chain], flow: str = "X") -> list[Record]:
    """Bounds of the origin's goods in each chain, from what both hubs file."""
    rows: list[Record] = []
    outputs: list[Record] = []
    for code, one in zip(CODES, filed, strict=False):
        for hub, kind, partner, value in (
            (FIRST, "M", ORIGIN, one.origin), (FIRST, "M", "WLD", one.origin + one.other),
            (FIRST, flow, SECOND, sum(one.first_parts)), (SECOND, "M", "WLD", one.landed[1]),
            (SECOND, flow, TARGET, sum(one.second_parts)),
        ):  # fmt: skip
            rows.append(
                {"hub_iso3": hub, "flow": kind, "partner_iso3": partner, "goods_id": code, **YEAR, "value_usd": round(value, 3)}
            )
            rows[-1]["value_basis"] = "CIF" if kind == "M" else "FOB"
        outputs += [parameter(code, hub, own) for hub, own in ((FIRST, one.own), (SECOND, one.second_own))]
    freight = dict(zip(("freight_low", "freight_central", "freight_high"), FREIGHT, strict=True))
    inputs = {
        "metrics.metric_hub_window": rows,
        "metrics.metric_freight_rate": [
            {"importer_iso3": SECOND, "product_code": code, "period_start": YEAR["period_start"], **freight} for code in CODES
        ],
        "core.dim_hub": [{"country_iso3": hub, "hub_role": "both"} for hub in (FIRST, SECOND)],
        "core.dim_country": [{"country_iso3": TARGET, "country_kind": "country", "rollup": "CHN+HKG+MAC"}],
        "core.dim_product": [{"product_id": f"HS6-{code}", "code": code, "ai_group": "upstream_memory"} for code in CODES],
        "core.dim_flow_parameter": [*outputs, parameter("any", "any", MARGIN, "reexport_markup")],
    }  # fmt: skip
    found = {row["goods_id"]: row for row in case("metrics.metric_origin_chain", inputs) if row["origin_iso3"] == ORIGIN}
    return [found[code] for code, _ in zip(CODES, filed, strict=False)]


def parameter(scope: str, place: str, high: float, name: str = "domestic_output_usd") -> Record:
    """One row of the parameter table, from nothing to the given end."""
    return {
        "parameter_id": f"{scope}-{place}", "parameter": name, "reporter_class": place, "stage_scope": scope,
        "parameter_low": 0, "parameter_central": high, "parameter_high": high,
    }  # fmt: skip


def test_the_truth_of_any_chain_lies_in_the_bounds_which_say_something_now_and_then() -> None:
    proofs: list[bool] = []

    @FEW
    @given(st.lists(chains, min_size=12, max_size=12))
    def holds(filed: list[Chain]) -> None:
        for one, row in zip(filed, bounds(filed), strict=True):
            truth, slack = one.second_parts[0], 0.05 + 1e-9 * one.landed[1]
            if row["bound_state"] == "infeasible":  # cents that were rounded away
                assert sum(one.second_parts) >= one.second_own + one.landed[1] * (1 + MARGIN) - slack or sum(one.first_parts) >= (
                    one.own + (one.origin + one.other) * (1 + MARGIN) - slack
                )
            assert float(row["origin_lower_usd"]) - slack <= truth <= float(row["origin_upper_usd"]) + slack, one
            assert 0 <= row["origin_lower_usd"] <= row["origin_upper_usd"] <= row["sent_on_usd"]
            mix = row["origin_mix_usd"]
            assert mix is None or row["origin_lower_usd"] <= mix <= row["origin_upper_usd"]
            proofs.append(row["origin_lower_usd"] > 1)

    holds()
    assert any(proofs)
    assert not all(proofs)


@FEW
@given(st.lists(chains, min_size=4, max_size=4), st.integers(2, 1000), st.integers(1, 10**9))
def test_bounds_have_no_unit_and_move_with_what_arrived_and_what_was_made(filed: list[Chain], times: int, more: int) -> None:
    scaled = [one._replace(**{name: times * getattr(one, name) for name in Chain._fields[:5]}) for one in filed]
    richer = [one._replace(direct=one.direct + more, second_shares=(one.second_shares[0], 0.0, 0.0)) for one in filed]
    plain = [one._replace(second_shares=(one.second_shares[0], 0.0, 0.0)) for one in filed]
    small = bounds([*filed, *plain, *richer])
    large = bounds(scaled)
    for number in range(len(filed)):
        for column in ("origin_lower_usd", "origin_upper_usd"):
            assert isclose(times * float(small[number][column]), float(large[number][column]), rel_tol=1e-6, abs_tol=0.01 * times)
        less, much = small[number + len(filed)], small[number + 2 * len(filed)]
        assert much["origin_lower_usd"] <= less["origin_lower_usd"], "other arrivals can explain more"
        assert much["origin_upper_usd"] >= less["origin_upper_usd"]
