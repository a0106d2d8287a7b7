"""Report tables of diversion ratios, leakage, elasticities, tightness, break-even and stock."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import diversion as v
from pipelines.schemas.fields import facts as f
from pipelines.schemas.tables import metrics_diversion as md
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report


class RptDiversionRatio(Report):
    """One row per rule on AI chips for China, unit, target and basis: diversion ratio, or the set that is identified."""

    name = "rpt_diversion_ratio"
    design = "pre_post"
    columns = md.MetricDiversionRatio.columns
    key = md.MetricDiversionRatio.key
    may_be_empty = True


class RptLeakage(Report):
    """One row per licence rule, unit, measure and counterfactuals: leakage, effectiveness, displacement on re-opening."""

    name = "rpt_leakage"
    design = "pre_post"
    columns = md.MetricLeakage.columns
    key = md.MetricLeakage.key
    measure = md.MetricLeakage.measure
    may_be_empty = True


class RptAvailabilityElasticity(Report):
    """One row per pair of half-years, unit, version of availability and form: elasticity of smuggled quantity."""

    name = "rpt_availability_elasticity"
    design = "pre_post"
    columns = md.MetricAvailabilityElasticity.columns
    key = md.MetricAvailabilityElasticity.key
    measure = md.MetricAvailabilityElasticity.measure
    may_be_empty = True


class RptChannelElasticity(Report):
    """One row per span of half-years, effective unit and form: CES elasticity where it may be read, else a bound if any."""

    name = "rpt_channel_elasticity"
    design = "pre_post"
    columns = md.MetricChannelElasticity.columns
    key = md.MetricChannelElasticity.key
    measure = md.MetricChannelElasticity.measure
    may_be_empty = True


class RptBreakEven(Report):
    """One row per priced item: probability of seizure at which moving it past controls stops paying."""

    name = "rpt_break_even"
    design = "pre_post"
    columns = md.MetricBreakEven.columns
    key = md.MetricBreakEven.key
    measure = md.MetricBreakEven.measure


class RptTightness(Report):
    """One row per year and basis: demand at reference prices that supply did not meet."""

    name = "rpt_tightness"
    design = "description"
    columns = md.MetricTightness.columns
    key = md.MetricTightness.key
    measure = md.MetricTightness.measure
    may_be_empty = True


class RptInstalledStock(Report):
    """One row per period and scope: installed AI compute in China."""

    name = "rpt_installed_stock"
    columns = md.MetricInstalledStock.columns
    key = md.MetricInstalledStock.key
    measure = md.MetricInstalledStock.measure
    may_be_empty = True


class RptChannelBalance(Report):
    """One row per period and scope: supply less growth of installed compute and retirements, or why it is skipped."""

    name = "rpt_channel_balance"
    columns = md.MetricChannelBalance.columns
    key = md.MetricChannelBalance.key
    measure = md.MetricChannelBalance.measure
    may_be_empty = True


class RptDomesticSubstitution(Report):
    """One row per measure, scope, unit and period: self-sufficiency, import displacement, capacity-limited share."""

    name = "rpt_domestic_substitution"
    design = "pre_post"
    columns = md.MetricDomesticSubstitution.columns
    key = md.MetricDomesticSubstitution.key
    measure = md.MetricDomesticSubstitution.measure
    may_be_empty = True


class RptDomesticClaim(Report):
    """One row per published figure on domestic output, side by side and never added: what it counts, and how it differs."""

    name = "rpt_domestic_claim"
    columns = (
        f.supply_id,
        c.vendor,
        c.chip,
        v.counted_as,
        f.measure,
        c.period_start,
        c.period_end,
        c.unit,
        f.low.optional("not stated"),
        f.central.optional("not stated"),
        f.high.optional("not stated"),
        c.bound_kind,
        v.used_ratio.optional("not chips of a whole year, or no figure in use"),
        c.publisher,
        c.known_at,
        c.url.optional("not stated"),
        c.is_seen,
        c.note.optional("none"),
        *LABELS,
    )
    key = ("supply_id",)
    ordered = (("period_start", "period_end"), ("low", "central", "high"))
    may_be_empty = True
