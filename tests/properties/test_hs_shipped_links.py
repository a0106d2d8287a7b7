"""V5: the shipped part of the UNSD correlation table gives the exact codes of the full table, and calls no other code exact."""

import csv
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from world import World

from pipelines.errors import Place
from pipelines.schemas.table import Table
from pipelines.schemas.tables.metrics_hs import HsComponentSize, HsLink
from pipelines.tidy.curated import tidy_csv

CHECKOUT = Path(__file__).parents[2]
REFERENCE = CHECKOUT / "data" / "reference"
REPLICATION = CHECKOUT.parent / "shared" / "replication"
LINKS, SIZES = REPLICATION / "hs_correlation_chip_codes.csv", REPLICATION / "hs_component_sizes_expected.csv"
REVISIONS = {"2002": "H2", "2007": "H3", "2012": "H4", "2017": "H5", "2022": "H6"}
SCOPES = {"all links": "all_links", "without 8549": "without_waste"}
CHIPS = ("847141", "847149", "847150", "847180", "847330", "854231", "854232", "854233", "854239")

Rows = list[dict[str, Any]]


def shipped(name: str, declared: type[Table]) -> Rows:
    """Rows of one shipped reference file, typed by its declaration; none may be refused."""
    tidied = tidy_csv((REFERENCE / f"{name}.csv").read_bytes(), declared, Place("reference", name))
    assert tidied.quarantined.is_empty()
    return tidied.rows.to_dicts()


def components(links: Rows, sizes: Rows) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Rows of metric_hs_component by newer revision, older revision, scope and newer code."""
    with World() as world:
        world.put("core.dim_hs_link", links)
        world.put("tidy.hs_component_size", sizes)
        rows = world.build("metrics.metric_hs_component")
    return {(r["newer_revision"], r["older_revision"], r["link_scope"], r["newer_code"]): r for r in rows}


def pair(text: str) -> tuple[str, str]:
    """'2022 to 2017' as H6, H5."""
    newer, older = text.split(" to ")
    return REVISIONS[newer], REVISIONS[older]


@pytest.fixture(scope="module")
def links() -> Rows:
    return shipped("hs_links", HsLink)


@pytest.fixture(scope="module")
def sizes() -> Rows:
    return shipped("hs_component_sizes", HsComponentSize)


@pytest.mark.parametrize("with_sizes", [True, False])
def test_exact_codes_are_those_of_the_full_table(links: Rows, sizes: Rows, with_sizes: bool) -> None:
    found = components(links, sizes if with_sizes else [])
    published = {(s["newer_revision"], s["older_revision"], s["link_scope"], s["newer_code"]): s for s in sizes}
    exact = {key: found[key]["is_exact"] for key in published}
    assert exact == {key: size["n_nodes_published"] == 2 for key, size in published.items()}
    assert exact == {key: size["is_one_to_one"] for key, size in published.items()}


def test_a_component_is_never_larger_than_in_the_full_table(links: Rows, sizes: Rows) -> None:
    alone = components(links, [])
    for size in sizes:
        row = alone[size["newer_revision"], size["older_revision"], size["link_scope"], size["newer_code"]]
        assert row["n_nodes"] <= size["n_nodes_published"]
        if row["is_table_complete"]:
            assert row["n_nodes"] == size["n_nodes_published"]


def test_what_the_methods_say_of_the_chip_codes(links: Rows, sizes: Rows) -> None:
    found = components(links, sizes)
    assert {found["H6", "H5", "all_links", code]["n_nodes_published"] for code in CHIPS} == {2258}
    assert found["H6", "H5", "without_waste", "847330"]["n_nodes_published"] == 1078
    assert {found["H5", "H4", "without_waste", code]["n_nodes_published"] for code in CHIPS[4:]} == {348}
    exact = {(k[0], k[3]) for k, row in found.items() if row["is_exact"] and k[2] == "without_waste" and k[3] in CHIPS}
    expected = {("H4", code) for code in CHIPS} | {("H5", code) for code in CHIPS[:4]}
    assert exact == expected | {("H6", code) for code in CHIPS if code != "847330"}


def test_wafer_tools_are_the_same_goods_from_2012_to_2017_and_not_to_2022(links: Rows, sizes: Rows) -> None:
    found = components(links, sizes)
    assert found["H5", "H4", "without_waste", "848620"]["comparability"] == "exact"
    assert found["H6", "H5", "without_waste", "848620"]["comparability"] == "not_exact"


def test_spans_in_the_list_of_products_are_exact_step_by_step(links: Rows, sizes: Rows) -> None:
    found = components(links, sizes)
    with (REFERENCE / "products.csv").open(encoding="utf-8", newline="") as lines:
        spans = [
            (r["code"], r["comparable_from_hs"], r["comparable_to_hs"]) for r in csv.DictReader(lines) if r["comparable_from_hs"]
        ]
    years = sorted(REVISIONS)
    for code, first, last in spans:
        for older, newer in pairwise(years[years.index(first) : years.index(last) + 1]):
            assert found[REVISIONS[newer], REVISIONS[older], "without_waste", code]["is_exact"], (code, older, newer)
    assert {code for code, _, _ in spans} == set(CHIPS)


def test_a_code_that_the_table_calls_single_has_one_link(links: Rows) -> None:
    """The converse does not hold: the table writes n:n for 8471.41 of 2002, which has one newer code in a larger group."""
    newer_of, older_of = defaultdict(set), defaultdict(set)
    for link in links:
        newer_of[link["newer_revision"], link["older_code"]].add(link["newer_code"])
        older_of[link["newer_revision"], link["newer_code"]].add(link["older_code"])
    for link in links:
        n_newer, n_older = link["relationship"].split(":")
        if n_newer == "1":
            assert newer_of[link["newer_revision"], link["older_code"]] == {link["newer_code"]}, link
            assert link["is_older_complete"]
        if n_older == "1":
            assert older_of[link["newer_revision"], link["newer_code"]] == {link["older_code"]}, link
            assert link["is_newer_complete"]


def test_waste_is_heading_8549_and_only_that(links: Rows) -> None:
    for link in links:
        assert link["is_waste_link"] == ("8549" in (link["newer_code"][:4], link["older_code"][:4]))
    assert {link["newer_revision"] for link in links if link["is_waste_link"]} == {"H6"}


@pytest.mark.parametrize("name", ["hs_links", "hs_component_sizes"])
def test_files_are_plain_sorted_and_give_reasons(name: str) -> None:
    body = (REFERENCE / f"{name}.csv").read_bytes()
    assert b"\r" not in body and body.endswith(b"\n")
    rows = list(csv.reader(body.decode("utf-8").splitlines()))[1:]
    assert [row[:4] for row in rows] == sorted(row[:4] for row in rows)
    assert all(row[-1] for row in rows)
    assert len({tuple(row[:4]) for row in rows}) == len(rows)


def test_a_waste_link_glues_everything_and_a_missing_link_leaves_a_code_unproven() -> None:
    whole = {"newer_revision": "H6", "older_revision": "H5", "is_newer_complete": True, "is_older_complete": True}
    rows = [
        whole | {"newer_code": "847150", "older_code": "847150", "relationship": "n:1", "is_waste_link": False},
        whole | {"newer_code": "854231", "older_code": "854231", "relationship": "n:1", "is_waste_link": False},
        whole | {"newer_code": "847130", "older_code": "847130", "relationship": "n:1", "is_waste_link": False}
        | {"is_older_complete": False},
        *(
            whole | {"newer_code": "854921", "older_code": code, "relationship": "n:n", "is_waste_link": True}
            for code in ("847150", "854231", "847130")
        ),
    ]  # fmt: skip
    found = components(rows, [])
    assert {found["H6", "H5", "all_links", code]["n_nodes"] for code in ("847150", "854231", "847130", "854921")} == {7}
    state = {code: found["H6", "H5", "without_waste", code]["comparability"] for code in ("847150", "854231", "847130")}
    assert state == {"847150": "exact", "854231": "exact", "847130": "unproven"}
    assert ("H6", "H5", "without_waste", "854921") not in found


@pytest.mark.skipif(not SIZES.exists(), reason="the replication inputs are not beside this checkout")
def test_the_sizes_are_the_published_ones(links: Rows, sizes: Rows) -> None:
    found = components(links, sizes)
    ours = {(s["newer_revision"], s["older_revision"], s["link_scope"], s["newer_code"]): s["n_nodes_published"] for s in sizes}
    with SIZES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            key = (*pair(row["revision_pair"]), SCOPES[row["links"]], row["hs_new"])
            assert ours[key] == int(row["component_nodes"]), key
            assert found[key]["is_exact"] == (row["is_one_to_one"] == "1"), key


@pytest.mark.skipif(not LINKS.exists(), reason="the replication inputs are not beside this checkout")
def test_every_link_of_the_chip_codes_ships(links: Rows) -> None:
    ours = {(r["newer_revision"], r["older_revision"], r["newer_code"], r["older_code"]): r["relationship"] for r in links}
    with LINKS.open(encoding="utf-8", newline="") as lines:
        theirs = {(*pair(r["revision_pair"]), r["hs_new"], r["hs_old"]): r["relationship"] for r in csv.DictReader(lines)}
    assert {key: ours.get(key) for key in theirs} == theirs
    further = set(ours) - set(theirs)
    assert not [key for key in further if key[2] in CHIPS or key[3] in CHIPS]
