"""A build that must not be published: the exit code, the message, and the old warehouse as it was."""

import hashlib

import pytest

pytestmark = pytest.mark.slow


def digest(home):
    return hashlib.sha256((home / "chipflows.duckdb").read_bytes()).hexdigest()


def refused(chipflows, home, checkout, code, *selected):
    """What a refused build says; with a model, of a build of that model and of what reads it."""
    before = digest(home)
    done = chipflows(home, "build", "--quiet", *(word for model in selected for word in ("--select", model)), checkout=checkout)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert digest(home) == before
    return done.stderr


def edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def test_a_bad_row_is_named_kept_and_stops_the_build(home_copy, checkout_copy, chipflows):
    path = checkout_copy / "data" / "facts" / "claims.csv"
    edit(path, "aifutures-2024-smuggled,aggregate_estimate,", "aifutures-2024-smuggled,no_such_kind,")
    told = refused(chipflows, home_copy, checkout_copy, 4)
    assert "data/facts/claims.csv: 1 of 124 rows refused" in told
    assert "line 2: column claim_kind: found no_such_kind" in told
    kept = (home_copy / "quarantine" / "claims.csv").read_text(encoding="utf-8")
    assert "aifutures-2024-smuggled" in kept


def test_a_missing_column_is_named(home_copy, checkout_copy, chipflows):
    edit(checkout_copy / "data" / "facts" / "prices.csv", "quote_date", "date_of_quote")
    told = refused(chipflows, home_copy, checkout_copy, 3)
    assert "data/facts/prices.csv, line 1" in told
    assert "quote_date" in told
    assert "repair the header line" in told


def test_a_missing_file_is_named(home_copy, checkout_copy, chipflows):
    (checkout_copy / "data" / "facts" / "chips.csv").unlink()
    assert "data/facts/chips.csv: found no file" in refused(chipflows, home_copy, checkout_copy, 3)


def test_a_broken_model_is_named(home_copy, checkout_copy, chipflows):
    edit(
        checkout_copy / "sql" / "metrics" / "metric_premium.sql",
        "quotes.street / references_found",
        "quotes.no_such / references_found",
    )
    assert "metrics.metric_premium failed to run" in refused(chipflows, home_copy, checkout_copy, 5, "metric_premium")


def test_rows_dropped_on_the_way_fail_conservation_and_reconciliation(home_copy, checkout_copy, chipflows):
    route = "where filed.row_route = 'cell_total'"
    edit(checkout_copy / "sql" / "core" / "fact_trade_flow.sql", route, f"{route} and filed.partner_iso3 <> 'HKG'")
    told = refused(chipflows, home_copy, checkout_copy, 4)
    for check in ("every_filed_row_has_a_place", "korea_equals_comtrade", "korea_partners_equal_total"):
        assert check in told
    assert "82884355424.000" in told  # the first failing row shows both figures


def test_a_value_outside_its_declaration_is_shown(home_copy, checkout_copy, chipflows):
    edit(
        checkout_copy / "sql" / "metrics" / "metric_rule_dose.sql", "cast(dosed.dose as DOUBLE)", "cast(dosed.dose + 1 as DOUBLE)"
    )
    told = refused(chipflows, home_copy, checkout_copy, 4, "metric_rule_dose")
    assert "metrics.metric_rule_dose [values]" in told
    assert "dose <= 1" in told
