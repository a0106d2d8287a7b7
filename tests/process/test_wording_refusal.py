"""A causal word in a finding, a report or a label: refused on every way out, and the old files stay as they were."""

import hashlib
from contextlib import closing

import duckdb
import pytest

pytestmark = pytest.mark.slow


def files(home):
    """Digest and time of writing of everything that is published."""
    found = [home / "chipflows.duckdb", *sorted(path for path in (home / "exports").rglob("*") if path.is_file())]
    return {
        str(path.relative_to(home)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in found
    }


def plant(home, statement):
    with closing(duckdb.connect(str(home / "chipflows.duckdb"))) as con:
        con.execute(statement)


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        (
            "UPDATE exports.rpt_summary SET statement = 'Exports fell because of the rule.' WHERE position = 500",
            ("exports.rpt_summary, column statement", "'because'", "rung 1, descriptive", "say it with coincided with"),
        ),
        (
            "UPDATE exports.rpt_mirror_waterfall SET component_note = 'gap due to evasion' WHERE component = 'residual'",
            ("exports.rpt_mirror_waterfall, column component_note", "'due to'", "rung 0, accounting"),
        ),
    ],
)
def test_an_export_with_a_causal_word_is_refused_and_the_old_files_stay(home_copy, chipflows, planted, told):
    plant(home_copy, planted)
    before = files(home_copy)
    done = chipflows(home_copy, "export")
    assert done.returncode == 4, done.stderr
    assert all(words in done.stderr for words in told), done.stderr
    assert "Traceback" not in done.stderr
    assert files(home_copy) == before


def test_a_finding_with_a_causal_word_is_not_printed(home_copy, python):
    plant(home_copy, "UPDATE exports.rpt_summary SET statement = 'Firms PREFER it.' WHERE position = 500")
    code = (
        "from pipelines.errors import CheckFailed\nfrom pipelines.exports.summary import findings\n"
        "from pipelines.home import Home\n"
        "try:\n    print(findings(Home.from_environment().edition(None)))\nexcept CheckFailed as error:\n    print(error)"
    )
    told = python(home_copy, code).stdout
    assert told.startswith("exports.rpt_summary, windows-counts: found the word 'PREFER'")


def test_a_quotation_with_its_source_is_exported(home_copy, chipflows):
    quoted = 'It says "firms prefer lawful access" (source: a-claim).'
    plant(home_copy, f"UPDATE exports.rpt_summary SET statement = '{quoted}' WHERE position = 500")
    done = chipflows(home_copy, "export")
    assert done.returncode == 0, done.stderr
    assert "a-claim" in (home_copy / "exports" / "rpt_summary.csv").read_text(encoding="utf-8")


def test_a_build_with_a_causal_finding_or_a_label_above_its_design_is_refused(home_copy, checkout_copy, chipflows):
    summary = checkout_copy / "sql" / "exports" / "rpt_summary.sql"
    window = checkout_copy / "sql" / "metrics" / "metric_pre_post.sql"
    for path, old, new in (
        (summary, "' % that coincided with: '", "' % because of: '"),
        (window, "cast('descriptive' as VARCHAR) as evidence_label", "cast('comparative' as VARCHAR) as evidence_label"),
    ):
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, path
        path.write_text(text.replace(old, new), encoding="utf-8")
    before = files(home_copy)
    done = chipflows(home_copy, "build", "--quiet", checkout=checkout_copy)
    assert done.returncode == 4, done.stderr
    assert "wording_keeps_to_its_rung" in done.stderr
    assert "metrics.metric_pre_post [values]" in done.stderr
    assert "evidence_label is not above what the design pre_post allows" in done.stderr
    assert files(home_copy) == before
