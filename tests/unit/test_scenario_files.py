"""Scenario files: the shipped ones with the rows they rest on, and every kind of bad file refused in plain words."""

import csv
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.errors import InputError
from pipelines.schemas.scenario import CHIP_VALUES, LEVERS, hash_of
from pipelines.tidy.scenarios import parse_scenario, read_scenario, read_scenarios

DATA = Path(__file__).resolve().parents[2] / "data"
SHIPPED = read_scenarios(DATA / "scenarios")
GOOD = """\
name = "example"
title = "An example"
question = "What replaces what?"
base_period = "prior-2025"
horizon = 2
baseline = "other"

[levers.threshold_tpp]
value = 21000
source = "rule:us_bis_h200_case_by_case_2026"

[levers.pass_through]
low = 0
central = 0.5
high = 1
reason = "assumption: between none and full"

[levers.demand_growth]
value = 1.0
path = [1.0, 1.3]
reason = "assumption: the need grows by three tenths"

[chips.h200-sxm.price_usd]
value = 27000
source = "price:h200-module-cn-2025-12; prior:h20-price"

[chips.h200-sxm.capacity_chips]
value = 750000
reason = "assumption: an example"
"""
KINDS = {
    "rule": ("facts/rule_changes.csv", "rule_id"),
    "supply": ("facts/supply.csv", "supply_id"),
    "price": ("facts/prices.csv", "price_id"),
    "claim": ("facts/claims.csv", "claim_id"),
    "chip": ("facts/chips.csv", "chip_id"),
    "series": ("facts/china_compute_series.csv", "series_id"),
    "prior": ("reference/priors.csv", "prior_id"),
}
TO_SHIP = {
    *("s0-base", "s1-ban", "s2-ban-enforcement-doubled", "s3-half-licence", "s4-h20-15-percent-share"),
    *("s5-h200-25-percent-tariff", "s6-h200-buyers-take-a-tenth", "s7-ban-domestic-doubled", "january-2026-rule"),
    *("h20-july-2025", "h20-july-2025-15-percent-share", "threshold-b30a", "enforcement-after-malaysia-permit"),
    "domestic-hbm-bound",
}


def ids(kind: str) -> set[str]:
    file, column = KINDS[kind]
    with (DATA / file).open(encoding="utf-8", newline="") as rows:
        return {row[column] for row in csv.DictReader(rows)}


def faults_of(text: str) -> str:
    with pytest.raises(InputError) as refused:
        parse_scenario(text.encode(), "bad.toml")
    return str(refused.value)


def test_a_good_file_becomes_a_typed_scenario():
    found = parse_scenario(GOOD.encode(), "good.toml")
    assert (found.name, found.base_period, found.horizon, found.quarters, found.baseline) == (
        "example",
        "prior-2025",
        2,
        4,
        "other",
    )
    certain, ranged = found.levers["threshold_tpp"], found.levers["pass_through"]
    assert (certain.low, certain.central, certain.high, certain.path, certain.is_certain) == (21000, 21000, 21000, (1, 1), True)
    assert (ranged.low, ranged.central, ranged.high, ranged.is_certain) == (0, 0.5, 1, False)
    assert found.levers["demand_growth"].path == (1.0, 1.3)
    assert found.chips["h200-sxm"]["price_usd"].central == 27000
    assert [key for key, _ in found.values()] == [
        *("demand_growth", "pass_through", "threshold_tpp", "h200-sxm.capacity_chips", "h200-sxm.price_usd")
    ]


@pytest.mark.parametrize(("period", "quarters"), [("2025", 4), ("2025H1", 2), ("2025Q3", 1), ("prior-2025", 4)])
def test_a_period_of_the_horizon_is_as_long_as_the_base(period, quarters):
    assert parse_scenario(GOOD.replace("prior-2025", period).encode(), "good.toml").quarters == quarters


# Shipped files


def test_what_should_ship_does():
    assert {scenario.name for scenario in SHIPPED} >= TO_SHIP
    assert all(scenario.file == f"{scenario.name}.toml" for scenario in SHIPPED)


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda scenario: scenario.name)
def test_every_source_is_a_row_of_our_own_files(scenario):
    known = {kind: ids(kind) for kind in KINDS}
    named = [part.strip().split(":", 1) for _, value in scenario.values() for part in value.source.split(";") if part]
    assert not [(kind, name) for kind, name in named if name not in known[kind]]
    assert set(scenario.chips) <= known["chip"]


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda scenario: scenario.name)
def test_a_value_without_source_says_that_it_is_an_assumption(scenario):
    assert not [key for key, value in scenario.values() if not value.source and not value.reason.startswith("assumption: ")]


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda scenario: scenario.name)
def test_no_text_says_more_than_the_model_can(scenario):
    with (DATA / "reference/wording_rungs.csv").open(encoding="utf-8", newline="") as rows:
        forbidden = [row["phrase_pattern"] for row in csv.DictReader(rows) if row["phrase_kind"] == "forbidden"]
    texts = [scenario.title, scenario.question, *(value.reason for _, value in scenario.values())]
    assert not [(text, phrase) for text in texts for phrase in forbidden if re.search(phrase, text, re.IGNORECASE)]


def test_the_thresholds_and_shares_are_those_of_the_rules():
    with (DATA / "facts/rule_changes.csv").open(encoding="utf-8", newline="") as rows:
        says = {row["rule_id"]: row["thresholds"] + row["title"] for row in csv.DictReader(rows)}
    rule = next(scenario for scenario in SHIPPED if scenario.name == "january-2026-rule")
    text = says["us_bis_h200_case_by_case_2026"]
    assert "TPP < 21000" in text and rule.levers["threshold_tpp"].central == 21000
    assert "6500 GB/s" in text and rule.levers["threshold_bandwidth_tbs"].central == 6.5
    assert "<= 50%" in text and rule.levers["volume_rule_share"].central == 0.5
    assert "25%" in says["us_s232_semis_proc11002"] and rule.levers["tariff"].central == 0.25
    share = next(scenario for scenario in SHIPPED if scenario.name == "h20-july-2025-15-percent-share")
    assert "15%" in says["us_usg_15pct_revenue_2025"] and share.levers["revenue_share"].central == 0.15


# Hash


def test_the_hash_follows_the_numbers_and_nothing_else():
    plain = parse_scenario(GOOD.encode(), "good.toml").parameter_hash()
    reworded = (
        GOOD.replace("An example", "Another title").replace("value = 27000", "value = 27000.0").replace('"other"', '"third"')
    )
    head, _, tail = reworded.partition("[levers.threshold_tpp]")
    lever, _, rest = tail.partition("[levers.pass_through]")
    reordered = f"{head}[levers.pass_through]{rest}\n[levers.threshold_tpp]{lever}"
    assert parse_scenario(reordered.encode(), "other.toml").parameter_hash() == plain
    changes = {"21000": "20999", "[1.0, 1.3]": "[1.0, 1.4]", "low = 0": "low = 0.1", "prior-2025": "2025"}
    changed = {parse_scenario(GOOD.replace(*change).encode(), "good.toml").parameter_hash() for change in changes.items()}
    assert len(changed) == len(changes) and plain not in changed


def test_the_hash_is_stable():
    assert hash_of({"b": [1, 2.5], "a": {"x": True}}) == hash_of({"a": {"x": True}, "b": (1.0, 2.5)})
    assert hash_of({"a": 1}) == hash_of({"a": 1.0}) == sha256(b'{"a":1.0}').hexdigest()
    assert len({scenario.parameter_hash() for scenario in SHIPPED}) == len(SHIPPED)


# Bad files, one by one: what is changed, and what the message must say


def without(line: str) -> Callable[[str], str]:
    return lambda text: text.replace(line + "\n", "", 1)


def instead(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


BAD = {
    "text that is not TOML": (instead("horizon = 2", "horizon = "), "text that is not TOML"),
    "unknown key": (instead("horizon = 2", "horizon = 2\nhorizn = 3"), "key horizn: found a key that is not known"),
    "unknown key, with a guess": (instead("horizon = 2", "horizon = 2\nhorizn = 3"), "did you mean horizon?"),
    "unknown lever": (
        instead("levers.pass_through", "levers.passthrough"),
        "key levers.passthrough: found a key that is not known",
    ),
    "unknown key of a value": (instead("central = 0.5", "centre = 0.5"), "did you mean central?"),
    "unknown value of a chip": (instead("price_usd", "price"), "key chips.h200-sxm.price: found a key that is not known"),
    "no name": (without('name = "example"'), "key name: found nothing"),
    "no title": (without('title = "An example"'), "key title: found nothing"),
    "empty question": (instead("What replaces what?", " "), "key question: found ' '"),
    "a title that is a number": (instead('"An example"', "3"), "key title: found 3"),
    "a name with capitals": (instead('"example"', '"Example One"'), "small letters, digits and hyphens"),
    "no base": (without('base_period = "prior-2025"'), "key base_period: found nothing"),
    "a base that is no period": (instead("prior-2025", "last year"), "key base_period: found 'last year'"),
    "no horizon": (without("horizon = 2"), "key horizon: found nothing"),
    "a horizon of 0": (instead("horizon = 2", "horizon = 0"), "a whole number of periods from 1 to 40"),
    "a horizon that is true": (instead("horizon = 2", "horizon = true"), "key horizon: found True"),
    "no number": (without("value = 21000"), "key levers.threshold_tpp: found no number"),
    "value and range": (instead("value = 21000", "value = 21000\nlow = 1"), "found value, low; expected either value, or all of"),
    "half a range": (without("high = 1"), "found low, central; expected either value"),
    "range out of order": (instead("central = 0.5", "central = 2"), "expected low <= central <= high"),
    "a number in quotes": (instead("value = 27000", 'value = "27000"'), "key chips.h200-sxm.price_usd.value: found '27000'"),
    "a number that is true": (instead("value = 21000", "value = true"), "found True; expected a number in TPP"),
    "not a number": (instead("value = 21000", "value = nan"), "found nan"),
    "infinite": (instead("value = 21000", "value = inf"), "found inf"),
    "out of range": (instead("high = 1", "high = 2.5"), "key levers.pass_through.high: found 2.5; expected 0 to 2"),
    "negative": (instead("value = 750000", "value = -1"), "key chips.h200-sxm.capacity_chips.value: found -1"),
    "a lever that is no table": (
        instead("[levers.threshold_tpp]\nvalue = 21000", "[levers]\nthreshold_tpp = 21000"),
        "threshold_tpp",
    ),
    "neither source nor reason": (
        without('reason = "assumption: between none and full"'),
        "key levers.pass_through: found neither source nor reason",
    ),
    "an empty source": (instead('"rule:us_bis_h200_case_by_case_2026"', '""'), "key source: found ''"),
    "a source that names no row": (instead("rule:us_bis", "Federal Register, us_bis"), "kind:id of a row of the data files"),
    "a bare reason": (instead("assumption: an example", "guess"), "a reason of at least 15 letters"),
    "a path of the wrong length": (instead("[1.0, 1.3]", "[1.0]"), "a list of 2 factors, one for each period"),
    "a path of words": (instead("[1.0, 1.3]", '[1.0, "up"]'), "key levers.demand_growth.path[1]: found 'up'"),
    "a path out of range": (instead("[1.0, 1.3]", "[1.0, 0.001]"), "a value out of range at the factor 0.001"),
    "a threshold without chips": (lambda text: text.partition("[chips.")[0], "found a threshold without chips"),
    "chips without a threshold": (
        instead("[levers.threshold_tpp]\nvalue = 21000", "[levers.tariff]\nvalue = 0.1"),
        "chips without a",
    ),
    "a chip without capacity": (
        lambda text: text.partition("[chips.h200-sxm.capacity")[0],
        "key chips.h200-sxm.capacity_chips: found nothing",
    ),
    "a volume rule without a US volume": (
        instead("[levers.pass_through]", '[levers.volume_rule_share]\nvalue = 0.5\nsource = "rule:x"\n\n[levers.pass_through]'),
        "key chips.h200-sxm.us_volume_chips: found nothing",
    ),
    "two domestic capacities": (
        instead(
            "[levers.pass_through]",
            '[levers.domestic_capacity]\nvalue = 2\nsource = "rule:x"\n[levers.domestic_capacity_chips]\nvalue = 2\n'
            'source = "rule:x"\n[levers.pass_through]',
        ),
        "found two domestic capacities",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_plain_words(name):
    change, expected = BAD[name]
    assert change(GOOD) != GOOD
    said = faults_of(change(GOOD))
    assert expected in said
    for line in said.splitlines():
        assert line.startswith("scenario") and "bad.toml" in line and "found" in line and "expected" in line


def test_all_faults_of_a_file_are_named_at_once():
    said = faults_of(GOOD.replace("horizon = 2", "horizon = 0").replace("value = 27000", "value = -5"))
    assert "key horizon" in said and "key chips.h200-sxm.price_usd.value" in said


@pytest.mark.parametrize("body", [b"", b"  \n", b'name = "\xff"'])
def test_an_empty_or_garbled_file_is_refused(body):
    with pytest.raises(InputError, match=r"bad\.toml"):
        parse_scenario(body, "bad.toml")


def folder(at: Path, **files: str) -> Path:
    for name, text in files.items():
        (at / f"{name}.toml").write_text(text, encoding="utf-8")
    return at


OTHER = GOOD.replace('"example"', '"other"').replace('baseline = "other"\n', "")


def test_a_folder_is_read_by_name(tmp_path):
    assert [scenario.name for scenario in read_scenarios(folder(tmp_path, z=GOOD, a=OTHER))] == ["example", "other"]


def test_two_files_with_one_name_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"one\.toml, two\.toml, key name: found 2 times 'example'"):
        read_scenarios(folder(tmp_path, one=GOOD, two=GOOD, other=OTHER))


def test_a_baseline_that_is_missing_or_not_comparable_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"key baseline: found 'other', which no file has"):
        read_scenarios(folder(tmp_path, one=GOOD))
    with pytest.raises(InputError, match=r"'other' with another base or horizon; expected base prior-2025, horizon 2"):
        read_scenarios(folder(tmp_path, one=GOOD, other=OTHER.replace("prior-2025", "2025")))


def test_faults_of_several_files_are_named_together(tmp_path):
    bad = GOOD.replace("horizon = 2", "horizon = 0")
    with pytest.raises(InputError) as refused:
        read_scenarios(folder(tmp_path, one=bad, two=bad))
    assert "one.toml" in str(refused.value) and "two.toml" in str(refused.value)


def test_a_missing_folder_or_file_and_an_empty_folder_are_refused(tmp_path):
    for reading in (
        lambda: read_scenarios(tmp_path / "none"),
        lambda: read_scenarios(tmp_path),
        lambda: read_scenario(tmp_path / "x"),
    ):
        with pytest.raises(InputError, match=r"no such|no scenario file"):
            reading()


def test_the_guide_names_every_value_a_file_may_set():
    guide = (DATA.parent / "docs/scenarios.md").read_text(encoding="utf-8")
    assert not [name for name in (*LEVERS, *CHIP_VALUES) if f"`{name}`" not in guide]
    assert not [scenario.name for scenario in SHIPPED if f"`{scenario.name}`" not in guide]
