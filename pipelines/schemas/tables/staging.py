"""Staging tables: each source or fact file as it was known at as_of."""

from types import MappingProxyType

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table
from pipelines.schemas.tables import tidy_facts as facts
from pipelines.schemas.tables.tidy_release import ReleaseAvailability
from pipelines.schemas.tables.tidy_trade import TradeObs


class StgTradeObs(Table):
    """One row per filed record whose period the publisher's calendar had released by as_of, with the rule that routes it."""

    layer = "staging"
    name = "stg_trade_obs"
    sliced_by = MappingProxyType({"tidy.trade_obs": "reporter_iso3, product_code"})
    columns = (
        *TradeObs.columns,
        c.hs6.optional("the code is a four-digit heading"),
        t.release_id,
        t.row_route,
        c.is_later_vintage,
    )
    key = TradeObs.key
    measure = TradeObs.measure
    ordered = TradeObs.ordered


class StgRuleChange(Table):
    """One row per rule that was public at as_of; dates and states that became known later are hidden."""

    layer = "staging"
    name = "stg_rule_change"
    columns = facts.RuleChange.columns
    key = facts.RuleChange.key


class StgChipRegime(Table):
    """One row per chip regime that was public at as_of; an end after as_of is hidden."""

    layer = "staging"
    name = "stg_chip_regime"
    columns = facts.ChipRegime.columns
    key = facts.ChipRegime.key
    ordered = facts.ChipRegime.ordered


class StgClaim(Table):
    """One row per claim that was public at as_of, shipped or brought by the user."""

    layer = "staging"
    name = "stg_claim"
    columns = (*facts.Claim.columns, f.claim_origin)
    key = facts.Claim.key
    ordered = facts.Claim.ordered


class StgSmuggledSeries(Table):
    """One row per period of the compiled smuggling series whose claims were all public at as_of."""

    layer = "staging"
    name = "stg_smuggled_series"
    columns = facts.SmuggledSeries.columns
    key = facts.SmuggledSeries.key
    measure = facts.SmuggledSeries.measure
    ordered = facts.SmuggledSeries.ordered
    may_be_empty = True


class StgChip(Table):
    """One row per accelerator model announced by as_of."""

    layer = "staging"
    name = "stg_chip"
    columns = facts.Chip.columns
    key = facts.Chip.key


class StgSupply(Table):
    """One row per supply figure that was public at as_of."""

    layer = "staging"
    name = "stg_supply"
    columns = facts.Supply.columns
    key = facts.Supply.key
    ordered = facts.Supply.ordered
    may_be_empty = True


class StgPrice(Table):
    """One row per price that was public at as_of."""

    layer = "staging"
    name = "stg_price"
    columns = facts.Price.columns
    key = facts.Price.key
    ordered = facts.Price.ordered
    may_be_empty = True


class StgShare(Table):
    """One row per market share that was public at as_of."""

    layer = "staging"
    name = "stg_share"
    columns = facts.Share.columns
    key = facts.Share.key
    ordered = facts.Share.ordered
    may_be_empty = True


class StgImportHeadline(Table):
    """One row per China Customs headline that was public at as_of."""

    layer = "staging"
    name = "stg_import_headline"
    columns = facts.ImportHeadline.columns
    key = facts.ImportHeadline.key
    ordered = facts.ImportHeadline.ordered
    may_be_empty = True


class StgComputeSeries(Table):
    """One row of a published compute series that was public at as_of."""

    layer = "staging"
    name = "stg_compute_series"
    columns = facts.ComputeSeries.columns
    key = facts.ComputeSeries.key
    ordered = facts.ComputeSeries.ordered
    may_be_empty = True


class StgReleaseAvailability(Table):
    """One row per released dataset, reporter, period and classification in a list public at as_of; the latest is marked."""

    layer = "staging"
    name = "stg_release_availability"
    columns = (*ReleaseAvailability.columns, t.is_current)
    key = ReleaseAvailability.key
    ordered = ReleaseAvailability.ordered
    may_be_empty = True
