"""A2, HS revision chain: components, weights and converted values of random tables of links, with and without waste."""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import FEW, STEADY, World

from pipelines.estimators.hs_weights import fitted_weights

CODES = [f"90000{digit}" for digit in range(1, 8)]
WASTE = "854921"
PAIRS = (("H5", "H4"), ("H6", "H5"))
DOLLAR = Decimal(1)
FIT_READS = ("core.dim_hs_link", "metrics.metric_hs_component", "metrics.metric_hs_cell")

Link = tuple[str, str, str, str]  # newer revision, older revision, newer code, older code
Node = tuple[str, str]
Rows = list[dict[str, Any]]


def link_of(pair: tuple[str, str]) -> st.SearchStrategy[Link]:
    """One link of a pair of revisions; often between equal numbers, sometimes to waste."""
    same = st.sampled_from(CODES).map(lambda code: (*pair, code, code))
    other = st.tuples(st.sampled_from([*CODES, WASTE]), st.sampled_from(CODES)).map(lambda codes: (*pair, *codes))
    return st.one_of(same, same, other)


tables = st.lists(st.one_of(*map(link_of, PAIRS)), min_size=1, max_size=16, unique=True)
values = st.integers(-(10**9), 10**12).map(lambda cents: Decimal(cents) / 100)
filings = st.dictionaries(
    st.tuples(st.sampled_from(["MYS", "SGP"]), st.sampled_from(["H4", "H5", "H6"]), st.sampled_from(CODES)),
    st.none() | values,
    max_size=10,
)


def link_rows(links: Iterable[Link]) -> Rows:
    """Rows of core.dim_hs_link for a table that is whole: every link of every code is in it."""
    chosen = list(links)
    newer_of, older_of = defaultdict(set), defaultdict(set)
    for newer_revision, older_revision, newer, older in chosen:
        newer_of[older_revision, newer_revision, older].add(newer)
        older_of[older_revision, newer_revision, newer].add(older)
    rows = []
    for n, o, newer, older in chosen:
        many = ["1" if len(codes) == 1 else "n" for codes in (newer_of[o, n, older], older_of[o, n, newer])]
        row = {"newer_revision": n, "older_revision": o, "newer_code": newer, "older_code": older}
        flags = {"is_newer_complete": True, "is_older_complete": True, "is_waste_link": WASTE in (newer, older)}
        rows.append(row | flags | {"relationship": ":".join(many)})
    return rows


def cell_rows(filed: dict[tuple[str, str, str], Decimal | None]) -> Rows:
    """Rows of metrics.metric_hs_cell: current annual totals with the world."""
    plain = {"source_id": "comtrade", "partner_iso3": "WLD", "flow": "X", "frequency": "A", "is_current": True}
    return [
        plain
        | {"reporter_iso3": reporter, "filed_revision": revision, "product_code": code, "value_usd": value}
        | {"absence_reason": "suppressed" if value is None else None}
        for (reporter, revision, code), value in filed.items()
    ]


def filled(links: Rows, cells: Rows) -> World:
    """A world with links and cells, and the weights that the estimator fits to them."""
    world = World()
    world.put("core.dim_hs_link", links)
    world.put("tidy.hs_component_size", [])
    world.put("metrics.metric_hs_cell", cells)
    world.build("metrics.metric_hs_component")
    frames = {name: world.con.sql(f"SELECT * FROM {name}").pl() for name in FIT_READS}
    world.put("metrics.metric_hs_weight_fit", fitted_weights(frames).to_dicts())
    return world


def built(name: str, links: Iterable[Link], filed: dict[tuple[str, str, str], Decimal | None] | None = None) -> Rows:
    """Rows of one model of the chain."""
    with filled(link_rows(links), cell_rows(filed or {})) as world:
        return world.build(name)


def union_find(edges: Iterable[tuple[Node, Node]]) -> dict[Node, set[Node]]:
    """Component of every node, by merging sets: another way than the model's."""
    found: dict[Node, set[Node]] = {}
    for left, right in edges:
        merged = found.get(left, {left}) | found.get(right, {right})
        found.update(dict.fromkeys(merged, merged))
    return found


@STEADY
@given(tables)
def test_components_are_those_of_union_find(links: list[Link]) -> None:
    rows = built("metrics.metric_hs_component", links)
    for pair in PAIRS:
        for scope in ("all_links", "without_waste"):
            kept = [x for x in links if x[:2] == pair and (scope == "all_links" or WASTE not in x)]
            sets = union_find(((x[2], pair[0]), (x[3], pair[1])) for x in kept)
            mine = [row for row in rows if (row["newer_revision"], row["older_revision"], row["link_scope"]) == (*pair, scope)]
            assert {row["newer_code"] for row in mine} == {x[2] for x in kept}
            for row in mine:
                expected = sets[row["newer_code"], pair[0]]
                assert row["n_nodes"] == len(expected)
                assert row["component_id"] == min(f"{code}:{revision}" for code, revision in expected)
                assert row["n_older"] == sum(revision == pair[1] for _, revision in expected)
                if scope == "without_waste":
                    assert row["is_exact"] == (len(expected) == 2)


@STEADY
@given(st.integers(2, 30), st.randoms(use_true_random=False))
def test_a_long_chain_of_codes_is_one_component(n: int, rng: random.Random) -> None:
    codes = [f"{number:06d}" for number in rng.sample(range(10**6), n)]
    links = [("H6", "H5", newer, older) for newer, older in [*pairwise(codes), *zip(codes, codes, strict=True)]]
    rows = [r for r in built("metrics.metric_hs_component", links) if r["link_scope"] == "without_waste"]
    assert {row["component_id"] for row in rows} == {f"{min(codes)}:H5"}
    assert {row["n_nodes"] for row in rows} == {2 * n}


@STEADY
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_links_changes_nothing(links: list[Link], rng: random.Random) -> None:
    shuffled = rng.sample(links, len(links))
    for name in ("metrics.metric_hs_component", "metrics.metric_hs_weight", "metrics.metric_hs_path"):
        assert built(name, shuffled) == built(name, links)


@FEW
@given(tables, filings)
def test_weights_are_shares_that_add_up_to_one(links: list[Link], filed: dict[tuple[str, str, str], Decimal | None]) -> None:
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    for row in built("metrics.metric_hs_weight", links, filed):
        assert WASTE not in (row["newer_code"], row["older_code"])
        if row["code_weight"] is not None:
            assert 0 <= row["code_weight"] <= 1
            sums[row["newer_revision"], row["older_code"], row["weight_method"]] += row["code_weight"]
    assert all(abs(total - 1) <= 1e-9 for total in sums.values())


@FEW
@given(tables)
def test_every_older_code_with_links_between_goods_has_one_best_method(links: list[Link]) -> None:
    best = {
        (row["newer_revision"], row["older_code"]): row["weight_method"]
        for row in built("metrics.metric_hs_weight", links)
        if row["is_best"]
    }
    assert set(best) == {(x[0], x[3]) for x in links if WASTE not in x}


@FEW
@given(tables, filings)
def test_totals_are_kept_to_the_dollar(links: list[Link], filed: dict[tuple[str, str, str], Decimal | None]) -> None:
    whole = {key: value for key, value in filed.items() if value is not None}
    accounted: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in built("metrics.metric_hs_chain", links, whole):
        part = row["chain_usd"] if row["chain_state"] == "converted" else row["filed_usd"]
        accounted[row["reporter_iso3"], row["filed_revision"], row["target_revision"]] += part
    for (reporter, revision, _), total in accounted.items():
        expected = sum(v for key, v in whole.items() if key[:2] == (reporter, revision))
        assert abs(total - expected) <= DOLLAR
    targets = {target for _, _, target in accounted}
    for reporter, revision, _ in whole:
        assert all((reporter, revision, target) in accounted for target in targets if target >= revision)


@FEW
@given(tables, filings)
def test_the_interval_holds_the_centre_and_absence_stays_absence(
    links: list[Link], filed: dict[tuple[str, str, str], Decimal | None]
) -> None:
    for row in built("metrics.metric_hs_chain", links, filed):
        if row["chain_usd"] is not None:
            assert row["chain_low_usd"] <= row["chain_usd"] <= row["chain_high_usd"]
        else:
            assert row["absence_reason"] and not row["chain_low_usd"] and not row["chain_high_usd"]


@FEW
@given(tables, st.dictionaries(st.sampled_from(CODES), values, min_size=1))
def test_exact_codes_keep_their_values_to_the_last_digit(links: list[Link], filed: dict[str, Decimal]) -> None:
    cells = {("MYS", "H5", code): value for code, value in filed.items()}
    with filled(link_rows(links), cell_rows(cells)) as world:
        exact = {
            row["older_code"]: row["newer_code"]
            for row in world.build("metrics.metric_hs_component")
            if row["is_exact"] and row["newer_revision"] == "H6" and row["link_scope"] == "without_waste"
        }
        chain = [row for row in world.build("metrics.metric_hs_chain") if row["target_revision"] == "H6"]
    kept = {row["product_code"]: row for row in chain if row["chain_state"] == "converted" and row["chain_method"] == "exact"}
    for older, newer in exact.items():
        if older in filed:
            assert kept[newer]["chain_low_usd"] == kept[newer]["chain_usd"] == kept[newer]["chain_high_usd"] == filed[older]
            assert not any(
                row["chain_state"] == "converted" and row["product_code"] == newer and row is not kept[newer] for row in chain
            )


@FEW
@given(tables)
def test_there_and_back_over_exact_codes_is_the_identity(links: list[Link]) -> None:
    def exact_moves(some: Iterable[Link]) -> dict[str, str]:
        paths = built("metrics.metric_hs_path", some)
        return {p["filed_code"]: p["target_code"] for p in paths if p["is_comparable"] and p["path_share"] == 1}

    one_step = [x for x in links if x[0] == "H6" and WASTE not in x]
    there = exact_moves(one_step)
    back = exact_moves([(n, o, older, newer) for n, o, newer, older in one_step])
    assert all(back[newer] == older for older, newer in there.items())
    assert len(back) == len(there)


def test_a_reporter_that_switched_late_is_converted_by_its_own_revision() -> None:
    links: list[Link] = [("H6", "H5", "900001", "900001"), ("H6", "H5", "900002", "900001")]
    filed = {("MYS", "H5", "900001"): Decimal(100), ("SGP", "H6", "900001"): Decimal(100)}
    rows = {(r["reporter_iso3"], r["product_code"]): r["chain_usd"] for r in built("metrics.metric_hs_chain", links, filed)}
    assert rows == {("MYS", "900001"): 50, ("MYS", "900002"): 50, ("SGP", "900001"): 100}


def test_switchers_give_the_weights_that_the_chain_uses() -> None:
    links: list[Link] = [("H6", "H5", "900001", "900001"), ("H6", "H5", "900002", "900001")]
    cells = []
    for number, reporter in enumerate(("MYS", "SGP", "THA", "USA"), start=1):
        for revision, year, code, value in (
            ("H5", 2021, "900001", 100 * number),
            ("H6", 2022, "900001", 70 * number),
            ("H6", 2022, "900002", 30 * number),
        ):
            (cell,) = cell_rows({(reporter, revision, code): Decimal(value)})
            cells.append(cell | {"period_start": date(year, 1, 1)})
    with filled(link_rows(links), cells) as world:
        rows = world.build("metrics.metric_hs_chain")
    old = {(r["reporter_iso3"], r["product_code"]): r for r in rows if r["filed_revision"] == "H5"}
    assert abs(old["MYS", "900001"]["chain_usd"] - 70) < Decimal("0.01")
    assert {r["chain_method"] for r in old.values()} == {"least_squares"}
    assert old["MYS", "900001"]["chain_low_usd"] == 50, "the equal split is the other end of the interval"
