"""Handmade frames of the exported tables, one small case for each section of the report."""

from datetime import date

import polars as pl

LABELS = {"value_label": "estimate", "evidence_label": "descriptive"}
APART = ("apart_p05", "apart_p95")
ACCOUNTING = {"value_label": "estimate", "evidence_label": "accounting"}


def months(n, first=2020):
    return [date(first + i // 12, i % 12 + 1, 1) for i in range(n)]


def run():
    return pl.DataFrame([{"as_of": date(2026, 11, 23), "warehouse_release_id": "2026-11-23-abc", "inputs_sha256": "f" * 64}])


def answers():
    def row(position, name, title, shares, **labels):
        kind = "upper_end" if "upper" in name else "point"
        ends = dict(zip(("answer_p05", "answer_p50", "answer_p95"), shares, strict=True))
        unit = {"unit_of_account": name.rpartition("-")[2], "question": "How much of the supply is smuggled?"}
        told = {"limit_note": "Claimed, never observed", **dict.fromkeys(("absence_reason", "answer_at_floor", *APART))}
        if "-change-" in name:
            ends |= dict(zip(APART, (-0.56, 1.24), strict=True))
        named = {"answer_id": name, "position": position, "title": title, "set_kind": kind}
        return {**named, **unit, **told, **ends, **(labels or ACCOUNTING)}

    change = (-0.043, -0.0087, 0.04)
    return pl.DataFrame(
        [
            row(1, "smuggled-share-2025-chips", "Smuggled share of 2025, in chips", (0.0888, 0.1793, 0.3286)),
            row(2, "smuggled-share-2025-h100e", "Smuggled share of 2025, in compute", (0.2464, 0.4535, 0.6837)),
            row(3, "smuggled-change-2025h2-h100e", "Second half of 2025 over the first", change, **LABELS),
            row(4, "diversion-upper-h20-2025-h100e", "Upper end, in compute", (0.336, 0.57, 1.62)),
        ],
        infer_schema_length=None,
    )


def drivers():
    row = {"answer_id": "smuggled-share-2025-h100e", "driver_rank": 1, "total_order": 0.72, **ACCOUNTING}
    return pl.DataFrame(
        [
            {**row, "input_dim_id": "level:smuggled", "datum": "How much was smuggled (one shared error)", "first_order": 0.718},
            {**row, "input_dim_id": "level:legal", "datum": "How much was licensed", "first_order": 0.0014, "driver_rank": 2},
        ]
    )


def flows(value=1e9):
    return pl.DataFrame(
        [
            {
                "outcome_id": "kor_x_mcp_chn_hkg_usd",
                "title": "Korean exports of memory (HSK 8542.32.3000)",
                "month": month,
                "unit": "usd",
                "value": value + 1e7 * i,
                "absence_reason": None,
                **ACCOUNTING,
            }
            for i, month in enumerate(months(40))
        ]
    )


def rules():
    row = {"jurisdiction": "USA", "importance": 1, "event_grade": "A", "direction": "tighten", **ACCOUNTING}
    return pl.DataFrame(
        [
            {**row, "rule_id": "a_2022", "title": "Letters of 2022", "bite_date": date(2022, 8, 26)},
            {**row, "rule_id": "b_2022", "title": "October 2022 rule", "bite_date": date(2022, 10, 21)},
            {**row, "rule_id": "c_2022", "title": "A rule of the third weight", "bite_date": date(2022, 3, 1), "importance": 3},
        ]
    )


def around():
    row = {"outcome_id": "kor_x_mcp_chn_hkg_usd", "pair_role": "exposed", **LABELS}
    return pl.DataFrame([{**row, "rule_id": name} for name in ("a_2022", "b_2022", "c_2022")])


def mix():
    shares = {"legal": (0.1, 0.2, 0.3), "smuggled": (0.2, 0.35, 0.5), "domestic": (0.3, 0.45, 0.6)}
    return pl.DataFrame(
        [
            {
                "scope": "arrivals",
                "period_id": period,
                "mix_series": "backbone",
                "unit_of_account": unit,
                "channel": channel,
                "channel_part": "all",
                "unit_convention": "as counted",
                "share_p05": low,
                "share_p50": middle,
                "share_p95": high,
                "amount_p05": 1e5 * low,
                "amount_p50": 1e5 * middle,
                "amount_p95": 1e5 * high,
                "mix_state": "complete",
                "absence_reason": None,
                **ACCOUNTING,
            }
            for period in ("2025H1", "2025H2")
            for unit in ("h100e", "usd")
            for channel, (low, middle, high) in shares.items()
        ]
    )


def premium():
    like = {"is_like_for_like": None, "like_for_like_reason": "no_premium", "repeats_price_id": None}
    net = dict.fromkeys(("premium_net_low", "premium_net", "premium_net_high"))
    row = {"chip_id": "b200-sxm", "price_type": "contract", "absence_reason": None, **like, **net, **LABELS}
    price = {"street_usd": 489000.0, "reference_usd": 326000.0, "street_usd_per_chip": 61125.0, "street_usd_per_h100e": 26881.4}
    none = dict.fromkeys([*price, "premium", "premium_low", "premium_high"])
    quoted = {**price, "premium": 0.5, "premium_low": 0.4, "premium_high": 0.6, "premium_net": 0.3, "is_like_for_like": True}
    return pl.DataFrame(
        [
            {**row, **quoted, "price_id": "rack-2025-07", "quote_date": date(2025, 7, 24)},
            {**row, **none, "price_id": "grey-2025-09", "quote_date": date(2025, 9, 16), "absence_reason": "no_reference_price"},
        ],
        infer_schema_length=None,
    )


def gaps():
    return pl.DataFrame(
        [
            {
                "exporter_iso3": "KOR",
                "exporter_name": "South Korea",
                "importer_iso3": "USA",
                "importer_name": "United States",
                "product_code": "8542",
                "goods_title": "Integrated circuits",
                "window_kind": "year",
                "period_start": date(2024, 1, 1),
                "period_end": date(2024, 12, 31),
                "exporter_usd": 1644135103.0,
                "importer_usd": 2415107375.0,
                "gap_low_usd": -8e8,
                "gap_usd": -770972272.0,
                "gap_high_usd": -7e8,
                "gap_reading": "importer_reports_more",
                **ACCOUNTING,
            }
        ]
    )


def excess():
    row = {
        "exporter_iso3": "TWN",
        "exporter_name": "Taiwan",
        "rule_id": "b_2022",
        "rule_title": "October 2022 rule",
        "product_code": "8542",
        "goods_title": "Integrated circuits",
        "window_kind": "year",
        "base_usd": 4e8,
        "actual_usd": 1.9e9,
        "period_start": date(2023, 1, 1),
        "excess_low_usd": 1e8,
        "excess_usd": 1.2e9,
        "excess_high_usd": 1.8e9,
        **LABELS,
    }
    hubs = (("IND", "India", True), ("MYS", "Malaysia", False), ("SGP", "Singapore", None))
    return pl.DataFrame([{**row, "hub_iso3": code, "hub_name": name, "is_outside_band": out} for code, name, out in hubs])


def events(status="estimated"):
    none = status != "estimated"
    return pl.DataFrame(
        [
            {
                "design_id": "memory_2022",
                "title": "Korean memory after October 2022",
                "estimator": "did",
                "control_set": "near",
                "design_status": status,
                "estimate_log": None if none else -0.42,
                "ci_low": None if none else -0.7,
                "ci_high": None if none else -0.14,
                "estimate_percent": None if none else -34.3,
                "pretrend_p": 0.41,
                "n_event_placebos": 24,
                "placebo_p": 0.04,
                "p_adjusted": 0.12,
                "n_clean_post_months": 9,
                "n_overlapping_rules": 1,
                "expectation": "found",
                "family_correction": "holm",
                "finding": "Korean exports of memory fell relative to comparable lanes by 34 percent.",
                "absence_reason": "too_short" if none else None,
                "value_label": "estimate",
                "evidence_label": "comparative",
            },
        ],
        schema_overrides={
            "estimate_log": pl.Float64,
            "ci_low": pl.Float64,
            "ci_high": pl.Float64,
            "estimate_percent": pl.Float64,
        },
    )


def path():
    return pl.DataFrame(
        [
            {
                "design_id": "memory_2022",
                "title": "Korean memory after October 2022",
                "estimator": "did",
                "control_set": "near",
                "month": month,
                "months_from_event": i - 12,
                "is_reference_month": i == 11,
                "path_log": 0.0 if i < 12 else -0.05 * (i - 11),
                "band_low": -0.1 if i < 12 else -0.05 * (i - 11) - 0.2,
                "band_high": 0.1 if i < 12 else -0.05 * (i - 11) + 0.2,
                "absence_reason": None,
                "value_label": "estimate",
                "evidence_label": "comparative",
            }
            for i, month in enumerate(months(22, 2021))
        ]
    )


def placebos():
    row = {"design_id": "memory_2022", "title": "Korean memory after October 2022", "placebo_kind": "date", **LABELS}
    return pl.DataFrame([{**row, "placebo_id": f"date_{i}", "placebo_log": -0.3 + 0.025 * i} for i in range(24)])


def scenarios():
    row = {"unit": "H100-equivalents a year", "value_label": "scenario", "evidence_label": "structural"}
    told = "In the model, given the priors, smuggled supply is a third lower."
    listed = []
    for name, title in (("open", "Licences for the H200"), ("closed", "No licences at all")):
        for output, output_title, base in (("smuggled", "Smuggled supply", 3e5), ("total", "Compute added in China", 1.2e6)):
            ends = {"scenario_p05": 0.5 * base, "scenario_p50": 0.7 * base, "scenario_p95": 0.9 * base, "baseline_p50": base}
            named = {"scenario_id": name, "scenario_title": title, "output_id": output, "output_title": output_title}
            listed.append({**row, **named, **ends, "statement": told})
    return pl.DataFrame(listed)


def changes():
    return pl.DataFrame(
        [
            {
                "table_name": "rpt_answer",
                "row_key": "smuggled-share-2025-h100e",
                "column_name": "answer_p50",
                "value_before": 0.44,
                "value_after": 0.4535,
                "change_cause": "source_revision",
            }
        ]
    )


def change_counts():
    names = ("table_name", "reason", "n_added", "n_removed", "n_changed", "n_numbers")
    return pl.DataFrame(
        [("rpt_answer", "source_revision", 0, 0, 1, 1), ("rpt_claim", "new_fact", 4, 0, 2, 6)], names, orient="row"
    )


def change_total():
    return pl.DataFrame([{"first_release": "aaaa", "second_release": "bbbb", "n_numbers": 7}])


def chain():
    return pl.DataFrame(
        [
            {
                "link_no": 11,
                "link_title": "How much was smuggled in three months of 2025, in chips?",
                "link_claim": "At least 1bn USD",
                "unit_of_account": "chips",
                "link_low": 16359.9,
                "link_central": 24430.6,
                "link_high": 68661.0,
                "link_unit": "chips",
                "link_verdict": "floor_only",
                "link_reason": "The source gives a floor",
                "deciding_datum": "A count of chips",
                "claim_id": "ft-2025",
                "value_label": "claim",
                "evidence_label": "accounting",
            }
        ]
    )


def claims():
    return pl.DataFrame(
        [
            {
                "claim_id": "cnas-2024-chips",
                "publisher": "CNAS",
                "known_at": date(2025, 6, 10),
                "channel": "smuggled",
                "period_start": date(2024, 1, 1),
                "period_end": date(2024, 12, 31),
                "unit": "chips",
                "low": 10000.0,
                "central": 140000.0,
                "high": 400000.0,
                "bound_kind": "range",
                "grade": "B",
                "claim_origin": "shipped",
                "url": "https://example.org/?a=1&b=2",
                "absence_reason": None,
                "value_label": "claim",
                "evidence_label": "accounting",
            }
        ]
    )


def summary():
    told = ("What flowed around the rule dates?", "Exports of memory: 834 million USD a month before 2022-10-21, 408 after.")
    other = ("A section that nobody knows", "A statement of 7 words that must not get lost.")
    return pl.DataFrame(
        [
            {"statement_id": f"s{i}", "position": i, "section": section, "statement": statement, **LABELS}
            for i, (section, statement) in enumerate((told, other))
        ]
    )


def sources():
    return pl.DataFrame(
        [
            {
                "dataset_id": "kcs-2024",
                "publisher": "Korea Customs Service",
                "licence_name": "KOGL Type 1",
                "retrieved": date(2026, 10, 1),
                "may_redistribute_rows": True,
                "rows_read": 1200,
                "rows_accepted": 1188,
                "attribution": "Source: KCS",
                "origin_url": "https://example.org/kcs",
            }
        ]
    )


def every():
    """All frames by table name."""
    return {
        "run": run(),
        "rpt_answer": answers(),
        "rpt_answer_driver": drivers(),
        "rpt_flow_month": flows(),
        "rpt_rule": rules(),
        "rpt_flow_around_rule": around(),
        "rpt_mix_interval": mix(),
        "rpt_premium": premium(),
        "rpt_mirror_gap": gaps(),
        "rpt_hub_excess": excess(),
        "rpt_event_result": events(),
        "rpt_event_path": path(),
        "rpt_event_placebo": placebos(),
        "rpt_scenario_headline": scenarios(),
        "changes": changes(),
        "change_counts": change_counts(),
        "change_total": change_total(),
        "rpt_claim_chain": chain(),
        "rpt_claim": claims(),
        "rpt_summary": summary(),
        "rpt_source": sources(),
    }
