"""A user's own claims through the whole program: checked, added and marked, refused, gone again."""

import csv
import hashlib
import io
import json
import re
import shutil
from datetime import date

import polars as pl
import pytest
from shared_builds import rows_of

from pipelines import cli
from pipelines.assets import run
from pipelines.home import Home
from pipelines.schemas.table import table
from pipelines.tidy.lake import leave_out_user_claims
from pipelines.tidy.user_claims import EXAMPLE, template
from pipelines.warehouse.build import Request, build, dry_run
from pipelines.warehouse.graph import load_graph
from pipelines.warehouse.plan import lake_files, tidy_tables

pytestmark = pytest.mark.slow

DEADLINE = 600  # a build; it takes far less on an idle machine
MARKED = {"rpt_claim.csv", "rpt_claim_consistency.csv", "rpt_claim_matrix.csv", "rpt_premium.csv"}
RUN = {"warehouse_release_id": "dry", "inputs_sha256": "0" * 64, "code_sha256": "0" * 64}
# Each row is built to move a shipped figure if anything of the user's were to reach one: a floor far above the others, sales and
# a street price in the group of the one-billion claim, a yuan rate nearer in time than the shipped ones, a claim not public yet.
ROWS = (
    {
        "claim_id": "mine-floor",
        "unit": "usd",
        "unit_basis": "x_sales_value",
        "low": "9000000000",
        "conversion_chip_id": "b200-sxm",
        "period_start": "2025-04-15",
        "period_end": "2025-07-14",
        "independence_group": "ft_2025_07",
    },
    {
        "claim_id": "mine-range",
        "bound_kind": "range",
        "low": "20000",
        "high": "90000",
        "overlaps_with": "cnas-2024-chips;mine-floor",
    },
    {
        "claim_id": "mine-price",
        "claim_kind": "price_quote",
        "subkind": "street_price",
        "unit": "usd_per_unit",
        "low": "",
        "unit_basis": "server_8gpu",
        "chips_per_item": "8",
        "central": "100000",
        "bound_kind": "point",
        "series_role": "price",
        "conversion_chip_id": "b200-sxm",
        "period_start": "2025-06-01",
        "period_end": "2025-06-30",
        "fx_cny_per_usd": "9.9",
        "fx_basis": "source",
        "independence_group": "ft_2025_07",
    },
    {"claim_id": "mine-late", "known_at": "2027-01-01"},
)


def write(path, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(csv.DictReader(io.StringIO(template())).fieldnames), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**EXAMPLE, **row} for row in rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    return write(tmp_path_factory.mktemp("claims") / "mine.csv", ROWS)


@pytest.fixture(scope="module")
def own_home(built_home, mine, tmp_path_factory, chipflows):
    home = shutil.copytree(
        built_home, tmp_path_factory.mktemp("own") / "home", ignore=shutil.ignore_patterns("dagster"), dirs_exist_ok=True
    )
    done = chipflows(home, "build", "--claims", str(mine), deadline=DEADLINE)
    assert done.returncode == 0, done.stderr
    assert "holds 3 claims of your own (claim_origin = user); 1 became public after as_of" in done.stdout
    assert re.search(r"^building [a-z_.]+ \(\d+ of \d+\)$", done.stderr, re.MULTILINE), done.stderr
    return home


def ask(chipflows, home, sql, *options):
    done = chipflows(home, "query", *options, "--format", "csv", sql)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1:]


def exports(home):
    return {path.name: path.read_bytes() for path in (home / "exports").glob("*.csv")}


def lake(home):
    return {str(path.relative_to(home)): path.read_bytes() for path in (home / "lake").rglob("*.parquet")}


def test_the_template_goes_into_a_file_and_the_meaning_to_the_screen(tmp_path, chipflows):
    done = chipflows(tmp_path, "claims", "template")
    assert done.returncode == 0
    assert done.stdout == template()
    assert "independence_group: Claims of one group rest on one piece of evidence" in done.stderr


def test_a_good_file_is_told_what_a_build_does_with_it(mine, tmp_path, chipflows):
    done = chipflows(tmp_path, "claims", "check", str(mine))
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "mine.csv: 4 rows, no faults; in a build as of 2026-11-23:" in told
    # METHODS C2: a floor has its median 1.5 times above it and its 95th percentile 5.76838 times; a range is its 90 % interval
    assert "mine-floor (smuggled, at_least, usd): pareto (floor_only), median 1.35e+10" in told
    assert "to 5.19154e+10, floor 9e+09; drawn as claim:mine-floor in metrics.fact_draw; paired" in told
    assert "mine-range (smuggled, range, chips): lognormal (assumed_90), median 42,426.4, 90 % from 20,000 to 90,000" in told
    assert "listed among the street prices" in told
    assert "public on 2027-01-01, after 2026-11-23; left out unless you build with --as-of 2027-01-01 or later" in told
    assert not (tmp_path / "lake").exists(), "a check writes nothing"


def test_faults_are_told_and_end_with_code_3(tmp_path, chipflows):
    rows = [{"claim_id": "mine"}, {"claim_id": "cnas-2024-chips", "unit": "chip"}, {"claim_id": "m", "low": "9", "central": "4"}]
    done = chipflows(tmp_path, "claims", "check", str(write(tmp_path / "bad.csv", rows)))
    assert done.returncode == 3
    assert "bad.csv: 4 faults in 2 of 3 rows; no row is taken in" in done.stderr
    assert "line 3, column claim_id: found cnas-2024-chips, the name of a shipped claim; expected" in done.stderr
    assert "line 3, column unit: found chip; expected one of chips" in done.stderr
    assert "line 4, column low: found low = 9 above central = 4; expected low not above central" in done.stderr
    assert "line 4, column central: found 4; expected nothing, because bound_kind is at_least" in done.stderr
    assert "Traceback" not in done.stderr


def test_own_claims_are_everywhere_and_marked(own_home, chipflows):
    names = {"mine-floor", "mine-price", "mine-range"}
    for name in ("staging.stg_claim", "core.fact_claim", "metrics.metric_claim_distribution", "exports.rpt_claim"):
        assert set(ask(chipflows, own_home, f"SELECT claim_id FROM {name} WHERE claim_origin = 'user'")) == names
        assert ask(chipflows, own_home, f"SELECT count(*) FROM {name} WHERE claim_origin = 'shipped'") == ["124"]
    drawn = "SELECT DISTINCT quantity_id FROM metrics.fact_draw WHERE quantity_id LIKE 'claim:mine%' ORDER BY quantity_id"
    assert ask(chipflows, own_home, drawn) == ["claim:mine-floor", "claim:mine-range"]
    origin = "SELECT DISTINCT factor_origin FROM metrics.metric_quantity_factor WHERE quantity_id = 'claim:mine-range'"
    assert ask(chipflows, own_home, origin) == ["claim of the user mine-range"]
    pairs = pl.read_csv(own_home / "exports" / "rpt_claim_consistency.csv").filter(pl.col("has_user_claim"))
    assert pairs.filter(pl.col("claim_a_id") == "mine-floor", pl.col("claim_b_id") == "mine-range").height == 3
    assert pairs.filter(pl.col("claim_a_id") == "cnas-2024-chips").height == 6
    assert ask(chipflows, own_home, "SELECT claim_origin FROM exports.rpt_premium WHERE price_id = 'mine-price'") == ["user"]


def test_no_shipped_figure_changes(own_home, built_home):
    """Every export but the marked ones is the same to the byte; in the marked ones, what is not the user's is the same."""
    before, after = exports(built_home), exports(own_home)
    assert set(before) == set(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == MARKED | {"rpt_source.csv"}
    for name in changed:
        old, new = before[name].decode().splitlines(), after[name].decode().splitlines()
        added = [line for line in new if line not in set(old)]
        assert [line for line in new if line in set(old)] == old, name
        assert added and all("mine-" in line or "user_claims" in line for line in added), name


def test_the_file_is_archived_and_in_the_release(own_home, built_home, mine, chipflows):
    digest = hashlib.sha256(mine.read_bytes()).hexdigest()
    assert (own_home / "archive" / digest[:2] / digest).read_bytes() == mine.read_bytes()
    account = "SELECT content_sha256, dataset_group, rows_accepted FROM core.dim_dataset WHERE dataset_id = 'user_claims'"
    assert ask(chipflows, own_home, account) == [f"{digest},user,4"]
    packages = [
        json.loads((home / "exports" / "datapackage.json").read_text(encoding="utf-8")) for home in (built_home, own_home)
    ]
    plain, own = (package["version"] for package in packages)
    assert own.endswith("-user") and not plain.endswith("-user")
    assert own.removesuffix("-user") != plain
    users = [[s for s in p["sources"] if "user of this installation" in s["title"]] for p in packages]
    assert [len(found) for found in users] == [0, 1]
    assert "holds 3 claims of your own" in chipflows(own_home, "status").stdout


def test_the_run_records_the_file(own_home, mine, python):
    code = """
from pipelines.home import Home
from pipelines.assets.instance import prepare_instance
prepare_instance(Home.from_environment())
import dagster as dg
with dg.DagsterInstance.get() as instance:
    run = instance.get_runs()[0]
    print(run.status.value, run.run_config["ops"]["take_in_user_claims"]["config"]["claims"])
    event = instance.get_latest_materialization_event(dg.AssetKey(["user", "user_claims"]))
    print(event.asset_materialization.metadata["sha256"].text)
"""
    done = python(own_home, code)
    digest = hashlib.sha256(mine.read_bytes()).hexdigest()
    assert done.stdout.split() == ["SUCCESS", str(mine), digest], done.stderr


def test_a_refused_file_leaves_the_old_warehouse_and_the_next_build_is_clean(own_home, built_home, tmp_path, chipflows):
    home = shutil.copytree(own_home, tmp_path / "home", ignore=shutil.ignore_patterns("dagster"))
    published = (home / "chipflows.duckdb").read_bytes()
    bad = write(tmp_path / "bad.csv", [{"claim_id": "mine", "low": "many"}])
    done = chipflows(home, "build", "--quiet", "--claims", str(bad))
    assert done.returncode == 3
    assert "bad.csv: 1 faults in 1 of 1 rows" in done.stderr
    assert "line 2, column low: found 'many'; expected a plain number" in done.stderr
    assert "Traceback" not in done.stderr
    assert (home / "chipflows.duckdb").read_bytes() == published
    assert "many" in (home / "quarantine" / "user_claims.csv").read_text(encoding="utf-8")
    leave_out_user_claims(Home(home))  # as a build without --claims does
    build(Request(Home(home)))
    assert lake(home) == lake(built_home)
    assert not (home / "quarantine" / "user_claims.csv").exists()
    clean, shared, own = (rows_of(each / "chipflows.duckdb") for each in (home, built_home, own_home))
    assert clean == shared != own
    release = "SELECT warehouse_release_id FROM core.run"
    assert ask(chipflows, home, release) == ask(chipflows, built_home, release)


def test_an_as_of_day_holds_the_own_claims_that_were_public(own_home):
    day = date(2027, 2, 1)
    inputs = {name: pl.read_parquet(lake_files(Home(own_home), table(name))) for name in tidy_tables()}
    made = dry_run(load_graph(Home(own_home).sql), inputs, {"as_of": day, **RUN}, ("core.fact_claim",))["core.fact_claim"]
    assert set(made.filter(pl.col("claim_origin") == "user")["claim_id"]) == {str(row["claim_id"]) for row in ROWS}


def test_the_command_hands_day_and_file_on(mine, monkeypatch):
    asked = []
    monkeypatch.setattr(run, "run_everything", lambda *words, **more: asked.append((words, more)))
    monkeypatch.setattr(cli, "_print_result", lambda *_, **__: None)
    cli.cli(["build", "--quiet", "--as-of", "2027-02-01", "--claims", str(mine), "--full"], standalone_mode=False)
    assert asked == [(("2027-02-01", mine), {"full": True})]


def test_wrong_requests(own_home, mine, tmp_path, chipflows):
    done = chipflows(own_home, "build", "--select", "metric_growth", "--claims", str(mine))
    assert done.returncode == 2 and "use --claims without it" in done.stderr
    assert chipflows(own_home, "build", "--claims", str(tmp_path / "none.csv")).returncode == 2
    assert chipflows(own_home, "claims", "check", str(tmp_path / "none.csv")).returncode == 2
