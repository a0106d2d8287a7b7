"""The same inputs give the same bytes, whatever the number of threads; an as-of day shows only what was known on it."""

import shutil

import pytest

pytestmark = pytest.mark.slow

DAY = "2025-07-24"


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("threads", ["1", "2", "8"])
def test_exports_do_not_depend_on_threads_or_on_when(threads, built_home, tmp_path, chipflows):
    home = tmp_path / "home"
    done = chipflows(home, "build", "--quiet", CHIPFLOWS_THREADS=threads)
    assert done.returncode == 0, done.stderr
    assert files(home / "exports") == files(built_home / "exports")
    lake = {str(path.relative_to(home)): path.read_bytes() for path in sorted((home / "lake").rglob("*.parquet"))}
    first = {str(path.relative_to(built_home)): path.read_bytes() for path in sorted((built_home / "lake").rglob("*.parquet"))}
    assert lake == first


def ask(chipflows, home, sql):
    done = chipflows(home, "query", "--as-of", DAY, "--format", "csv", sql)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[1:-1]


def test_an_as_of_day_shows_what_was_known_and_gives_the_same_bytes(home_copy, chipflows):
    main = files(home_copy / "exports")
    assert chipflows(home_copy, "build", "--quiet", "--as-of", DAY).returncode == 0
    first = files(home_copy / "as-of" / DAY / "exports")
    shutil.rmtree(home_copy / "as-of")
    assert chipflows(home_copy, "build", "--quiet", "--as-of", DAY).returncode == 0
    assert files(home_copy / "as-of" / DAY / "exports") == first
    assert files(home_copy / "exports") == main
    assert ask(chipflows, home_copy, f"SELECT count(*) FROM core.fact_claim WHERE known_at > DATE '{DAY}'") == ["0"]
    assert int(ask(chipflows, home_copy, "SELECT count(*) FROM core.fact_claim")[0]) < 124
    later = f"known_at > DATE '{DAY}' OR ended_date > DATE '{DAY}' OR note IS NOT NULL"
    hidden = f"SELECT count(*) FROM core.fact_rule_change WHERE {later}"
    assert ask(chipflows, home_copy, hidden) == ["0"]
    resumed = "SELECT status_class FROM core.fact_rule_change WHERE rule_id = 'us_usg_h20_resumption_2025'"
    assert ask(chipflows, home_copy, resumed) == ["announced"]
    korea = "SELECT max(period_end), min(CAST(is_later_vintage AS INTEGER)) FROM core.fact_trade_flow WHERE source_id = 'kcs'"
    assert ask(chipflows, home_copy, korea) == ["2025-06-30,1"]
