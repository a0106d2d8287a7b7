"""The same inputs give the same bytes, whatever the number of threads; an as-of day shows only what was known on it."""

import pytest
from shared_builds import ARTICLE_DAY as DAY
from shared_builds import BUILT_THREADS, rows_of

pytestmark = pytest.mark.slow

# A build with sockets closed: it may ask nobody.
CLOSED = """
import socket, sys
def refuse(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6):
        raise OSError(f"the build asked for {address}")
    return original(self, address)
original = socket.socket.connect
socket.socket.connect = refuse
socket.getaddrinfo = lambda *a, **k: (_ for _ in ()).throw(OSError("the build asked for a name"))
sys.argv = ["chipflows", "build", "--quiet"]
from pipelines.cli import main
main()
"""


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_exports_do_not_depend_on_threads_or_on_when_and_a_build_uses_no_network(built_home, tmp_path, python):
    """The shared build has another number of threads and open sockets."""
    threads = "1"
    assert threads != BUILT_THREADS
    home = tmp_path / "home"
    done = python(home, CLOSED, CHIPFLOWS_THREADS=threads)
    assert done.returncode == 0, done.stderr
    assert (home / "chipflows.duckdb").exists()
    assert files(home / "exports") == files(built_home / "exports")
    lake = {str(path.relative_to(home)): path.read_bytes() for path in sorted((home / "lake").rglob("*.parquet"))}
    first = {str(path.relative_to(built_home)): path.read_bytes() for path in sorted((built_home / "lake").rglob("*.parquet"))}
    assert lake == first


def ask(chipflows, home, sql):
    done = chipflows(home, "query", "--as-of", DAY, "--format", "csv", sql)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[1:-1]


def test_an_as_of_day_shows_what_was_known_and_gives_the_same_rows(article_home, home_copy, warehouse_alone, chipflows):
    """The shared edition was made from the main warehouse on two threads; this one from nothing on eight."""
    main = files(home_copy / "exports")
    assert not (home_copy / "as-of").exists()
    warehouse_alone(home_copy, as_of=DAY, full=True, CHIPFLOWS_THREADS="8")
    first, second = (rows_of(home / "as-of" / DAY / "chipflows.duckdb") for home in (article_home, home_copy))
    assert len(first) > 200 and first == second
    assert files(home_copy / "exports") == main == files(article_home / "exports")
    assert ask(chipflows, home_copy, f"SELECT count(*) FROM core.fact_claim WHERE known_at > DATE '{DAY}'") == ["0"]
    assert int(ask(chipflows, home_copy, "SELECT count(*) FROM core.fact_claim")[0]) < 124
    later = f"known_at > DATE '{DAY}' OR ended_date > DATE '{DAY}' OR note IS NOT NULL"
    hidden = f"SELECT count(*) FROM core.fact_rule_change WHERE {later}"
    assert ask(chipflows, home_copy, hidden) == ["0"]
    resumed = "SELECT status_class FROM core.fact_rule_change WHERE rule_id = 'us_usg_h20_resumption_2025'"
    assert ask(chipflows, home_copy, resumed) == ["announced"]
    korea = "SELECT max(period_end), min(CAST(is_later_vintage AS INTEGER)) FROM core.fact_trade_flow WHERE source_id = 'kcs'"
    assert ask(chipflows, home_copy, korea) == ["2025-06-30,1"]
