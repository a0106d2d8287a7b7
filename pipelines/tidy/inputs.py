"""What ships: each input file, the table it becomes, its source and terms."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.schemas.table import Table
from pipelines.schemas.tables import metrics_hs as hs
from pipelines.schemas.tables import tidy_draws as draws
from pipelines.schemas.tables import tidy_events as events
from pipelines.schemas.tables import tidy_facts as facts
from pipelines.schemas.tables import tidy_reference as reference
from pipelines.schemas.tables import wording
from pipelines.schemas.tables.tidy_scenarios import ScenarioValue
from pipelines.schemas.tables.tidy_trade import TradeObs

FACTS: dict[str, type[Table]] = {
    "rule_changes": facts.RuleChange,
    "chip_regimes": facts.ChipRegime,
    "claims": facts.Claim,
    "smuggled_series": facts.SmuggledSeries,
    "chips": facts.Chip,
    "supply": facts.Supply,
    "prices": facts.Price,
    "shares": facts.Share,
    "china_import_headlines": facts.ImportHeadline,
    "china_compute_series": facts.ComputeSeries,
}
REFERENCE: dict[str, type[Table]] = {
    "countries": reference.Country,
    "country_aliases": reference.CountryAlias,
    "products": reference.Product,
    "national_lines": reference.NationalLine,
    "hubs": reference.Hub,
    "purity": reference.Purity,
    "compute_conventions": reference.ComputeConvention,
    "claim_grades": reference.ClaimGrade,
    "channel_inputs": reference.ChannelInput,
    "outcome_series": reference.OutcomeSeries,
    "event_designs": events.EventDesign,
    "dataset_scopes": reference.DatasetScope,
    "hs_links": hs.HsLink,
    "hs_component_sizes": hs.HsComponentSize,
    "flow_parameters": reference.FlowParameter,
    "priors": draws.Prior,
    "channel_units": draws.ChannelUnit,
    "claim_pools": draws.ClaimPool,
    "derived_quantities": draws.DerivedQuantity,
    "answers": draws.Answer,
    "answer_terms": draws.AnswerTerm,
    "licences": reference.Licence,
    "sources": reference.Source,
    "wording_rungs": wording.WordingRung,
}
USER_GROUP = "user"
SCENARIO_GROUP = "scenarios"
USER_CLAIMS = "user_claims"


@dataclass(frozen=True)
class Input:
    """One shipped file: dataset id, group (facts, reference, snapshot), path, and the tidy table it feeds."""

    dataset_id: str
    group: str
    path: Path
    table: type[Table]

    @property
    def asset_name(self) -> str:
        """Last part of the Dagster asset key."""
        return self.dataset_id


def user_claims_input(path: Path) -> Input:
    """The file of a user's own claims as an input; it lies outside data/."""
    return Input(USER_CLAIMS, USER_GROUP, path, facts.UserClaim)


def shipped_inputs(data: Path) -> list[Input]:
    """Every input below the data folder: facts and reference tables, each file of the snapshot, each scenario."""
    found = [Input(name, "facts", data / "facts" / f"{name}.csv", table) for name, table in FACTS.items()]
    found += [Input(name, "reference", data / "reference" / f"{name}.csv", table) for name, table in REFERENCE.items()]
    found.append(Input("snapshot_manifest", "snapshot", data / "snapshot" / "manifest.csv", reference.SnapshotFile))
    for path in sorted((data / "snapshot").glob("*.parquet")):
        found.append(Input(path.stem, "snapshot", path, TradeObs))
    for path in sorted((data / SCENARIO_GROUP).glob("*.toml")):
        found.append(Input(f"scenario_{path.stem.replace('-', '_')}", SCENARIO_GROUP, path, ScenarioValue))
    return found
