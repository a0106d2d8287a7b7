"""From the publisher to a metric: fetch, archive, tidy, warehouse, and a revision that an as-of edition does not see."""

import shutil
from contextlib import closing
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from cases import all_cases, hkma
from publisher import Reply, serving

from pipelines.home import Home
from pipelines.live.fetch import Options, fetch
from pipelines.live.registry import live_source

pytestmark = pytest.mark.slow
FEEDS = ("uscb_imports_hs10", "comtrade_monthly", "estat_comext_api", "hkcsd_reexports", "hkcsd_total_exports", "kcs_trade_hsk10")
CASES = {case.dataset_id: case for case in all_cases() if case.dataset_id in FEEDS}
HKD, EUR = Decimal("7.8450"), Decimal("8.9100")  # HK$ for a US dollar, for a euro
BETWEEN = "2026-10-05"  # after the first retrieval (20 September), before the second (20 October)


def rates(_):
    months = [{"end_of_month": f"2026-0{month}", "usd": float(HKD), "eur": float(EUR)} for month in (5, 6)]
    return Reply(hkma.envelope(months).encode())


def ask_all(home, clock, monkeypatch, *, revised):
    """Put the questions of every case; publishers give one changed figure each when `revised`."""
    from cases import KEY

    for case in CASES.values():
        healthy = case.healthy
        answer = (lambda asked, h=healthy, r=case.revised: Reply(r(h(asked).body))) if revised else healthy
        monkeypatch.setenv(f"CHIPFLOWS_KEY_{case.source_id.upper()}", KEY)
        with serving(answer) as publisher:
            monkeypatch.setenv(f"CHIPFLOWS_BASE_URL_{case.source_id.upper()}", publisher.url)
            report = ask(home, clock, case)
            assert report.failures == [] and not report.stopped, report.summary()
            assert report.n_new > 0
    with serving(rates) as publisher:
        monkeypatch.setenv("CHIPFLOWS_BASE_URL_HKMA", publisher.url)
        ask(home, clock, hkma.CASES[0])


def ask(home, clock, case):
    source = live_source(case.source_id)
    asks = source.asks(source.feed(case.dataset_id), case.months, case.division)
    return fetch(source, asks, home, Options(clock=clock, read_seconds=5))


def query(path, sql):
    with closing(duckdb.connect(str(path), read_only=True)) as con:
        return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def built(built_home, tmp_path_factory, chipflows, warehouse_alone):
    """A copy of the built home with two vintages of every feed, the warehouse of both, and the edition of a day between them."""
    import stamina
    from fake_clock import FakeClock

    home, clock = Home(tmp_path_factory.mktemp("live") / "home"), FakeClock()
    shutil.copytree(built_home, home.root, ignore=shutil.ignore_patterns("dagster"))
    stamina.set_testing(True, attempts=2)
    with pytest.MonkeyPatch.context() as monkeypatch:
        ask_all(home, clock, monkeypatch, revised=False)
        clock.forward(days=30)
        ask_all(home, clock, monkeypatch, revised=True)
    done = chipflows(home.root, "build", "--quiet", deadline=600)
    assert done.returncode == 0, done.stderr
    warehouse_alone(home.root, as_of=BETWEEN)
    return home


def test_rows_of_every_publisher_arrive_with_their_answer(built):
    found = query(
        built.root / "chipflows.duckdb",
        """
        SELECT dataset_id, count(*) AS answers, sum(rows_accepted), sum(rows_quarantined),
            max(broken_controls) FILTER (vintage_at = DATE '2026-09-20')
        FROM tidy.archived_answer GROUP BY dataset_id ORDER BY dataset_id
        """,
    )
    assert {row[0] for row in found} == {*FEEDS, "hkma_period_average"}
    assert all(accepted > 0 and refused == 0 and broken is None for _, _, accepted, refused, broken in found), found
    staged = query(built.root / "chipflows.duckdb", "SELECT dataset_id, count(*) FROM staging.stg_trade_obs GROUP BY dataset_id")
    for dataset_id, case in CASES.items():
        assert dict(staged)[dataset_id] >= case.n_rows


def test_local_currency_is_converted_with_the_average_of_the_month(built):
    rows = query(
        built.root / "chipflows.duckdb",
        """
        SELECT DISTINCT currency, local_per_usd, value_usd IS NULL, abs(value_usd * local_per_usd - value_local) < 0.01
        FROM staging.stg_trade_obs WHERE dataset_id IN ('hkcsd_reexports', 'estat_comext_api')
        """,
    )
    assert {(currency, unknown, agrees) for currency, _, unknown, agrees in rows} == {("HKD", False, True), ("EUR", False, True)}
    rate = {currency: local for currency, local, _, _ in rows}
    assert rate["HKD"] == HKD and abs(rate["EUR"] - HKD / EUR) < Decimal("0.000001")


@pytest.mark.parametrize("dataset_id", FEEDS)
def test_a_changed_figure_is_a_revision_and_the_day_between_does_not_see_it(built, dataset_id):
    revised = query(
        built.root / "chipflows.duckdb",
        f"""
        SELECT count(*) FROM metrics.metric_vintage AS second
        INNER JOIN core.fact_trade_flow AS flow ON second.release_id = flow.release_id AND flow.dataset_id = '{dataset_id}'
            AND second.reporter_iso3 = flow.reporter_iso3 AND second.partner_iso3 = flow.partner_iso3
            AND second.flow = flow.flow AND second.product_code = flow.product_code
            AND second.period_start = flow.period_start AND second.frequency = flow.frequency
        WHERE second.release_number = 2 AND second.revision <> 0 AND second.known_from = DATE '2026-10-20'
        """,
    )[0][0]
    assert revised > 0
    current = "SELECT count(*), max(vintage_at) FROM core.fact_trade_flow WHERE is_current AND dataset_id = "
    now = query(built.root / "chipflows.duckdb", current + f"'{dataset_id}' AND vintage_at = DATE '2026-10-20'")[0][0]
    then = query(built.root / "as-of" / BETWEEN / "chipflows.duckdb", current + f"'{dataset_id}'")[0]
    assert now > 0
    assert then[0] > 0 and then[1] == date(2026, 9, 20)


def test_a_new_reporter_reaches_the_metrics(built):
    reports = query(
        built.root / "chipflows.duckdb",
        """
        SELECT DISTINCT reporter_iso3, flow, source_id FROM metrics.metric_bilateral_report
        WHERE period_start IN (DATE '2026-05-01', DATE '2026-06-01') AND frequency = 'M' AND value_usd > 0
        """,
    )
    assert {("HKG", "RX", "hkcsd"), ("HKG", "X", "hkcsd"), ("KOR", "X", "kcs"), ("USA", "M", "uscb")} <= set(reports)
    revised = query(
        built.root / "chipflows.duckdb",
        "SELECT count(*) FROM metrics.metric_revision WHERE source_id IN ('uscb', 'comtrade', 'estat', 'hkcsd', 'kcs')",
    )
    assert revised[0][0] > 0
