"""Groups of assets in the UI: a name and a sentence for a newcomer, the guide to read, and where each table belongs."""

from dataclasses import dataclass

from pipelines.schemas.table import Table


@dataclass(frozen=True)
class Group:
    """One group: what it holds, in a sentence, and the guide that explains it."""

    words: str
    guide: str = "README.md"


SUBJECTS = {
    "trade_flows": Group(
        "Monthly trade by goods and partner, before and after rules, unit values, concentration", "docs/flow-metrics.md"
    ),
    "mirror_gaps": Group("What exporter and importer say about the same goods, and why they differ", "docs/flow-metrics.md"),
    "hubs": Group("What arrives in trade hubs and leaves again, and which hubs have not filed", "docs/flow-metrics.md"),
    "goods_codes": Group("Customs codes through the revisions of the Harmonized System", "docs/flow-metrics.md"),
    "supply_and_claims": Group(
        "AI compute added in China by channel, published smuggling claims, prices, headline answers",
        "docs/substitution-metrics.md",
    ),
    "substitution": Group(
        "What rises where licensed supply falls: diversion, leakage, domestic output", "docs/substitution-metrics.md"
    ),
    "event_studies": Group(
        "What moved around the dates of rules, with placebos, overlaps and what may be said", "docs/event-studies.md"
    ),
    "scenarios": Group("What a change of rules would do in the model", "docs/scenarios.md"),
    "sources_and_rules": Group("Files, terms of use, rules and findings in plain words", "README.md"),
}
GROUPS = {
    "facts": Group("Curated facts: rules, claims, chips, supply, prices, shares, each with its source", "docs/facts-claims.md"),
    "reference": Group("Tables of configuration with dates: countries, goods, hubs, conventions, licences", "data/README.md"),
    "scenarios": Group(
        "Scenarios of the model: what each sets, one file each, and runs of single scenarios", "docs/scenarios.md"
    ),
    "snapshot": Group("Official trade statistics as shipped, one file for each publisher and extract", "data/README.md"),
    "user": Group("The user's own claims, empty unless a run names a file", "docs/facts-claims.md"),
    "live": Group("Fresh figures from the publishers, archived before they are read", "docs/adding-a-source.md"),
    "staging": Group("Inputs as they were known on the as-of day, nothing added", "docs/add-a-model.md"),
    "core": Group("One table for each kind of fact, with countries, goods and months spelled alike", "docs/add-a-model.md"),
    "package": Group("Files for people: CSV and Parquet of every report, with columns, sources and licences", "README.md"),
    **{f"metrics_{name}": Group(f"Measures. {group.words}", group.guide) for name, group in SUBJECTS.items()},
    **{f"reports_{name}": Group(f"Ready to read. {group.words}", group.guide) for name, group in SUBJECTS.items()},
}
SUBJECT_OF_MODULE = {
    "flow": "trade_flows",
    "measures": "trade_flows",
    "report": "mirror_gaps",
    "mirror": "mirror_gaps",
    "baci": "mirror_gaps",
    "hub": "hubs",
    "hs": "goods_codes",
    "correlation": "goods_codes",
    "substitution": "supply_and_claims",
    "draws": "supply_and_claims",
    "diversion": "substitution",
    "events": "event_studies",
    "context": "sources_and_rules",
}
SUBJECT_OF_TABLE = {
    "rpt_summary": "sources_and_rules",
    "rpt_source": "sources_and_rules",
    "rpt_coverage": "sources_and_rules",
    "rpt_rule": "sources_and_rules",
    "rpt_claim": "supply_and_claims",
    "rpt_supply_mix": "supply_and_claims",
    "rpt_premium": "supply_and_claims",
    "rpt_claim_consistency": "supply_and_claims",
    "rpt_compute_weight": "supply_and_claims",
    "rpt_hub_reexport": "hubs",
    "rpt_vintage": "trade_flows",
}
PREFIXES = {"metrics": "metrics", "exports": "reports"}


def group_of(table: type[Table]) -> str:
    """The group of a table: its layer, and for measures and reports its subject."""
    if table.layer not in PREFIXES:
        return table.layer
    module = table.__module__.rpartition(".")[2].removeprefix(f"{table.layer}_")
    subject = SUBJECT_OF_TABLE.get(table.name) or SUBJECT_OF_MODULE.get(module)
    if subject is None:
        subject = "scenarios" if "scenario" in module else "trade_flows"
    return f"{PREFIXES[table.layer]}_{subject}"


def description_of(group: str, grain: str, more: str = "") -> str:
    """What an asset is: one row, how it is made, what its group holds, and the guide to read."""
    told = GROUPS[group]
    parts = ["" if more.startswith(grain.rstrip(".")) else grain, more, f"*{group}*: {told.words}. Read `{told.guide}`."]
    return "\n\n".join(part for part in parts if part)
