"""Two small releases with one planted change each: the cause that is found, and counts that add up to the changed numbers."""

import hashlib
import json
from datetime import date

import polars as pl
import pytest

from pipelines.errors import UsageError
from pipelines.exports.release_diff import HEADLINES, as_json, as_text, changed_files, difference, report_frames
from pipelines.exports.release_store import Release, find_release
from pipelines.home import Home

RECORD = {
    "dataset_id": "kcs",
    "vintage_at": date(2025, 1, 1),
    "source_file_sha256": "a" * 64,
    "source_row": 1,
    "reporter_iso3": "KOR",
    "partner_iso3": "TWN",
    "flow": "X",
    "product_code": "8542",
    "period_start": date(2024, 1, 1),
    "value_usd": 10.0,
    "known_at": date(2024, 3, 1),
}
KEYS = {
    "tidy.trade_obs": ["dataset_id", "vintage_at", "source_file_sha256", "source_row"],
    "tidy.claim": ["claim_id"],
    "tidy.prior": ["prior_id"],
    "tidy.rule_change": ["rule_id"],
    "tidy.dataset": ["dataset_id"],
    "tidy.channel_input": ["input_id"],
}
GROUPS = {"tidy.trade_obs": "snapshot", "tidy.claim": "facts", "tidy.rule_change": "facts"}
TIDY = {
    "tidy.trade_obs": [RECORD, RECORD | {"source_row": 2, "reporter_iso3": "USA"}],
    "tidy.claim": [
        {"claim_id": "c1", "central": 1.0, "known_at": date(2024, 1, 1)},
        {"claim_id": "c2", "central": 5.0, "known_at": date(2025, 6, 1)},
    ],
    "tidy.prior": [{"prior_id": "p1", "prior_central": 0.5}],
    "tidy.rule_change": [{"rule_id": "r1", "known_at": date(2024, 1, 1)}],
    "tidy.dataset": [{"dataset_id": "kcs", "rows_read": 2}],
    "tidy.channel_input": [
        {
            "input_id": f"i{half}",
            "period_id": half,
            "series_kind": "backbone",
            "figure_id": f"claim:{claim}:central",
            "price_figure_id": None,
        }
        for half, claim in (("2024H1", "c1"), ("2024H2", "c2"))
    ],
}
MODELS = {  # what each reads, its code; the rows of exports are given by each case
    "staging.stg_claim": (["core.run", "tidy.claim"], "sql"),
    "staging.stg_trade_obs": (["core.run", "tidy.trade_obs"], "sql"),
    "metrics.metric_answer": (["staging.stg_claim", "tidy.prior"], "sql"),
    "staging.stg_rule_change": (["core.run", "tidy.rule_change"], "sql"),
    "metrics.metric_dose": (["core.run", "staging.stg_trade_obs", "staging.stg_rule_change"], "sql"),
    "exports.rpt_answer": (["metrics.metric_answer"], "sql"),
    "exports.rpt_world_report": (["staging.stg_trade_obs"], "sql"),
    "exports.rpt_supply_mix": (["staging.stg_claim", "tidy.channel_input", "tidy.prior"], "sql"),
    "exports.rpt_event_path": (["metrics.metric_dose", "metrics.metric_answer"], "sql"),
    "exports.rpt_source": (["tidy.dataset"], "sql"),
}
EXPORTS = {
    "exports.rpt_answer": (["answer_id"], [{"answer_id": "a", "answer_p50": 1.0, "n": 3, "absence_reason": None}]),
    "exports.rpt_world_report": (
        ["reporter_iso3"],
        [{"reporter_iso3": "KOR", "value_usd": 10.0}, {"reporter_iso3": "USA", "value_usd": 10.0}],
    ),
    "exports.rpt_supply_mix": (
        ["period_id", "series_kind"],
        [{"period_id": half, "series_kind": "backbone", "mix_share": 0.5} for half in ("2024H1", "2024H2")],
    ),
    "exports.rpt_event_path": (["design_id"], [{"design_id": "d", "gap": 0.1}]),
    "exports.rpt_source": (["dataset_id"], [{"dataset_id": "kcs", "rows_read": 2}]),
}


def sha(value):
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()


def changed(rows, place, **columns):
    return [row | columns if each == place else row for each, row in enumerate(rows)]


@pytest.fixture
def release(tmp_path):
    """A release from the tables above with some of them replaced; `moved` names models whose content is another one."""

    def make(name, *, tidy=None, exports=None, code=None, moved=(), as_of="2025-12-31", files=True):  # noqa: PLR0913
        folder = tmp_path / name
        (folder / "parts").mkdir(parents=True)
        tables = {"core.run": {"kind": "input", "key": ["as_of"], "reads": [], "rows": 1, "code_sha256": None, "content": as_of}}
        given = {**TIDY, **(tidy or {})}
        for table, rows in given.items():
            tables[table] = {"kind": "input", "key": KEYS[table], "reads": [], "code_sha256": None, **store(folder, rows)}
        for table, (reads, kind) in MODELS.items():
            content = f"{name}" if table in moved else "same"
            entry = {"kind": kind, "key": ["id"], "reads": reads, "rows": 1, "content": content}
            tables[table] = entry | {"code_sha256": (code or {}).get(table, "c" * 64)}
        for table, (key, rows) in {**EXPORTS, **(exports or {})}.items():
            tables[table] |= {"key": key, **store(folder, rows)}
        inputs = [
            {"dataset_id": table, "table_name": table, "file_name": table, "rows_accepted": len(rows)}
            | {"dataset_group": GROUPS.get(table, "reference"), "content_sha256": sha(rows) if files else "same"}
            for table, rows in given.items()
        ]
        about = {
            "format": 1,
            "release": name,
            "as_of": as_of,
            "duckdb": "2.0.0",
            "inputs_sha256": sha(given),
            "code_sha256": sha(code),
        }
        manifest = {**about, "inputs": inputs, "tables": tables}
        (folder / f"{name}.manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return Release(folder, manifest)

    return make


def store(folder, rows):
    part = sha(rows)
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(folder / "parts" / f"{part}.parquet")
    return {"part": part, "content": part, "rows": len(rows)}


def causes(found):
    return {(row["table_name"], row["row_key"], row["column_name"]): row["reason"] for row in found.cells.iter_rows(named=True)}


def adds_up(found):
    for by in ("reason", "table_name"):
        counts = found.counts(by)
        assert counts["numbers"].sum() == found.numbers.height
        assert (
            counts.select(pl.sum_horizontal("added", "removed", "changed")).to_series().to_list() == counts["numbers"].to_list()
        )
    return True


TRADE = TIDY["tidy.trade_obs"]
ANSWER = EXPORTS["exports.rpt_answer"]
NEW_ANSWER = {"exports.rpt_answer": (ANSWER[0], changed(ANSWER[1], 0, answer_p50=2.0))}
WAY = ("staging.stg_claim", "metrics.metric_answer")
WORLD = EXPORTS["exports.rpt_world_report"]


def world(*values):
    return {"exports.rpt_world_report": (WORLD[0], [{"reporter_iso3": place, "value_usd": value} for place, value in values])}


PLANTED = {
    "one prior edited": ({"tidy.prior": [{"prior_id": "p1", "prior_central": 0.6}]}, NEW_ANSWER, WAY[1:], "prior_or_parameter"),
    "one fact edited": ({"tidy.claim": changed(TIDY["tidy.claim"], 0, central=2.0)}, NEW_ANSWER, WAY, "changed_fact"),
    "one claim added": (
        {"tidy.claim": [*TIDY["tidy.claim"], {"claim_id": "c3", "central": 7.0, "known_at": date(2025, 1, 1)}]},
        NEW_ANSWER,
        WAY,
        "new_fact",
    ),
    "one claim withdrawn": ({"tidy.claim": TIDY["tidy.claim"][:1]}, NEW_ANSWER, WAY, "removed_fact"),
    "a trade row revised": (
        {"tidy.trade_obs": changed(TRADE, 0, value_usd=11.0)},
        world(("KOR", 11.0), ("USA", 10.0)),
        ["staging.stg_trade_obs"],
        "source_revision",
    ),
    "a later vintage of a cell beside the first": (
        {"tidy.trade_obs": [*TRADE, RECORD | {"value_usd": 12.0, "vintage_at": date(2025, 2, 1), "known_at": date(2025, 2, 1)}]},
        world(("KOR", 12.0), ("USA", 10.0)),
        ["staging.stg_trade_obs"],
        "source_revision",
    ),
    "a trade row of a new month": (
        {"tidy.trade_obs": [*TRADE, RECORD | {"source_row": 3, "period_start": date(2024, 2, 1)}]},
        world(("KOR", 20.0), ("USA", 10.0)),
        ["staging.stg_trade_obs"],
        "new_source_row",
    ),
    "a trade row withdrawn": (
        {"tidy.trade_obs": TRADE[1:]},
        world(("USA", 10.0)),
        ["staging.stg_trade_obs"],
        "withdrawn_source_row",
    ),
    "a rule dated anew": (
        {"tidy.rule_change": [{"rule_id": "r1", "known_at": date(2024, 1, 2)}]},
        {"exports.rpt_event_path": (["design_id"], [{"design_id": "d", "gap": 0.2}])},
        ["staging.stg_rule_change", "metrics.metric_dose"],
        "rule",
    ),
    "the account of a file only": (
        {"tidy.dataset": [{"dataset_id": "kcs", "rows_read": 3}]},
        {"exports.rpt_source": (["dataset_id"], [{"dataset_id": "kcs", "rows_read": 3}])},
        [],
        "source_file",
    ),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_change_is_found_as_its_kind(plant, release):
    tidy, exports, moved, cause = PLANTED[plant]
    found = difference(release("first"), release("second", tidy=tidy, exports=exports, moved=moved))
    assert found.numbers.height > 0
    assert set(found.cells["reason"]) == {cause}
    assert found.unexplained == 0
    assert adds_up(found)
    assert [each["dataset_id"] for each in changed_files(found.first, found.second)] == list(tidy)


def test_a_changed_sql_file_is_code_and_reaches_what_reads_it(release):
    found = difference(
        release("first"),
        release("second", exports=NEW_ANSWER, moved=["metrics.metric_answer"], code={"metrics.metric_answer": "d" * 64}),
    )
    assert causes(found) == {("rpt_answer", "answer_id=a", "answer_p50"): "code"}
    assert "code in metrics.metric_answer" in found.cells["reason_detail"][0]


def test_code_that_reads_the_same_bytes_in_another_way_is_code_not_a_fact(release):
    claims = changed(TIDY["tidy.claim"], 0, central=2.0)
    first = release("first", files=False)
    second = release("second", tidy={"tidy.claim": claims}, exports=NEW_ANSWER, moved=WAY, files=False)
    assert set(difference(first, second).cells["reason"]) == {"code"}


def test_several_causes_are_all_named_and_counted_once(release):
    tidy = {"tidy.prior": [{"prior_id": "p1", "prior_central": 0.6}], "tidy.claim": TIDY["tidy.claim"][:1]}
    found = difference(release("first"), release("second", tidy=tidy, exports=NEW_ANSWER, moved=WAY))
    assert set(found.cells["reason"]) == {"several: prior_or_parameter, removed_fact"}
    assert adds_up(found)
    assert "claim_id=c2" in found.cells["reason_detail"][0]
    assert "prior_id=p1" in found.cells["reason_detail"][0]


def test_a_number_that_moves_without_any_change_is_unexplained(release):
    found = difference(release("first"), release("second", exports=NEW_ANSWER))
    assert causes(found) == {("rpt_answer", "answer_id=a", "answer_p50"): "unexplained"}
    assert found.unexplained == 1
    assert "UNEXPLAINED: 1 cells" in as_text(found)


def test_a_change_that_does_not_move_the_models_in_between_is_no_cause(release):
    """The prior changed too, but metric_answer came out the same: the number further on cannot rest on it."""
    tidy = {
        "tidy.prior": [{"prior_id": "p1", "prior_central": 0.6}],
        "tidy.rule_change": [{"rule_id": "r2", "known_at": date(2024, 1, 1)}],
    }
    exports = {"exports.rpt_event_path": (["design_id"], [{"design_id": "d", "gap": 0.2}])}
    found = difference(
        release("first"), release("second", tidy=tidy, exports=exports, moved=["staging.stg_rule_change", "metrics.metric_dose"])
    )
    assert set(found.cells["reason"]) == {"rule"}


def test_another_reporters_revision_is_no_cause_of_a_reporters_own_rows(release):
    tidy = {
        "tidy.trade_obs": [*changed(TRADE, 0, value_usd=11.0), RECORD | {"reporter_iso3": "USA", "source_row": 9, "flow": "M"}]
    }
    exports = world(("KOR", 11.0), ("USA", 20.0))
    found = causes(difference(release("first"), release("second", tidy=tidy, exports=exports, moved=["staging.stg_trade_obs"])))
    assert found == {
        ("rpt_world_report", "reporter_iso3=KOR", "value_usd"): "source_revision",
        ("rpt_world_report", "reporter_iso3=USA", "value_usd"): "new_source_row",
    }


def test_a_half_year_of_the_mix_rests_on_its_own_inputs(release):
    tidy = {
        "tidy.claim": [
            *changed(TIDY["tidy.claim"], 0, central=2.0),
            {"claim_id": "c3", "central": 1.0, "known_at": date(2024, 1, 1)},
        ]
    }
    mix = EXPORTS["exports.rpt_supply_mix"]
    exports = {"exports.rpt_supply_mix": (mix[0], changed(mix[1], 0, mix_share=0.6))}
    found = difference(release("first"), release("second", tidy=tidy, exports=exports, moved=WAY[:1]))
    assert set(found.cells["reason"]) == {"changed_fact"}, "the new claim c3 feeds no half-year"


def test_added_and_removed_rows_count_their_numbers_and_words_stay_apart(release):
    rows = [{"answer_id": "b", "answer_p50": 4.0, "n": 3, "absence_reason": "no_claim"}]
    found = difference(release("first"), release("second", exports={"exports.rpt_answer": (ANSWER[0], rows)}))
    counted = found.cells.select("row_key", "column_name", "change", "value_kind", "old", "new").rows()
    assert sorted(counted, key=str) == [
        ("answer_id=a", "answer_p50", "removed", "number", "1.0", None),
        ("answer_id=a", "n", "removed", "number", "3", None),
        ("answer_id=b", "absence_reason", "added", "word", None, "no_claim"),
        ("answer_id=b", "answer_p50", "added", "number", None, "4.0"),
        ("answer_id=b", "n", "added", "number", None, "3"),
    ]
    assert found.numbers.height == 4
    assert adds_up(found)


def test_a_number_that_appears_in_a_row_that_was_there_has_changed(release):
    before = {"exports.rpt_answer": (ANSWER[0], changed(ANSWER[1], 0, answer_p50=None, absence_reason="no_claim"))}
    found = difference(release("first", exports=before), release("second"))
    assert set(found.cells["change"]) == {"changed"}


def test_two_as_of_days_differ_by_what_became_known_between_them(release):
    """c2 became public in June 2025: it is a new fact of the later day although the file is the same."""
    exports = NEW_ANSWER | {"exports.rpt_event_path": (["design_id"], [{"design_id": "d", "gap": 0.2}])}
    moved = (*WAY, "metrics.metric_dose")
    found = difference(release("first", as_of="2025-01-31"), release("second", exports=exports, moved=moved))
    assert causes(found)[("rpt_answer", "answer_id=a", "answer_p50")] == "new_fact"
    assert causes(found)[("rpt_event_path", "design_id=d", "gap")] == "several: as_of_day, new_fact"
    assert changed_files(found.first, found.second) == []


def test_a_release_against_itself_has_no_difference(release):
    one = release("one")
    found = difference(one, one)
    assert found.cells.height == 0
    assert adds_up(found)
    assert json.loads(as_json(found))["counts"]["numbers"] == 0


def test_the_other_way_round_swaps_added_and_removed(release):
    first, second = release("first"), release("second", exports=world(("KOR", 10.0)))
    forth, back = difference(first, second).numbers, difference(second, first).numbers
    assert (forth["change"][0], back["change"][0]) == ("removed", "added")
    assert forth["old"].to_list() == back["new"].to_list()


def test_json_holds_every_cell_and_counts_that_add_up(release):
    found = difference(release("first"), release("second", exports=NEW_ANSWER))
    told = json.loads(as_json(found))
    assert sum(told["counts"]["by_reason"].values()) == told["counts"]["numbers"] == 1
    assert told["changes"][0]["old"] == "1.0"
    assert told["changes"][0]["new"] == "2.0"


def test_releases_are_found_by_name_day_beginning_and_path(release, tmp_path):
    home = Home(tmp_path / "home")
    with pytest.raises(UsageError, match="no release is kept yet"):
        find_release(home, "latest")
    one = release("2025-01-31-aaa")
    target = home.edition(None).releases
    target.parent.mkdir(parents=True)
    one.folder.rename(target)
    assert {find_release(home, name).release_id for name in ("latest", "main", "2025-01-31-a", str(target))} == {"2025-01-31-aaa"}
    with pytest.raises(UsageError, match="found 1 for 'previous'"):
        find_release(home, "previous")
    with pytest.raises(UsageError, match="chipflows build --as-of 2024-01-01"):
        find_release(home, "2024-01-01")
    with pytest.raises(UsageError, match="kept are 2025-01-31-aaa"):
        find_release(home, "nonsense")


def test_a_stored_table_that_is_gone_is_named(release):
    first, second = release("first"), release("second", exports=NEW_ANSWER)
    (second.folder / "parts" / f"{second.part('exports.rpt_answer')}.parquet").unlink()
    with pytest.raises(UsageError, match=r"release second, exports\.rpt_answer: found no"):
        difference(first, second)


def test_the_page_of_changes_counts_every_number_by_table_and_reason(release):
    found = difference(release("first"), release("second", exports=NEW_ANSWER, moved=WAY))
    frames = report_frames(found)
    assert frames["change_counts"]["n_numbers"].sum() == found.numbers.height == frames["change_total"]["n_numbers"][0]
    parts = frames["change_counts"].select("n_added", "n_removed", "n_changed").sum_horizontal()
    assert parts.to_list() == frames["change_counts"]["n_numbers"].to_list()
    assert set(frames["changes"]["table_name"]) <= set(HEADLINES)
