"""Report tables of diversion ratios, leakage, elasticities, tightness, break-even and stock."""

from pipelines.schemas.tables import metrics_diversion as md
from pipelines.schemas.tables.exports import Report


class RptDiversionRatio(Report):
    """One row per rule on AI chips for China, unit, target and basis: diversion ratio, or the set that is identified."""

    name = "rpt_diversion_ratio"
    design = "pre_post"
    columns = md.MetricDiversionRatio.columns
    key = md.MetricDiversionRatio.key
    may_be_empty = True


class RptLeakage(Report):
    """One row per unit, measure and counterfactual: leakage, induced diversion and effectiveness of the H20 stop."""

    name = "rpt_leakage"
    design = "pre_post"
    columns = md.MetricLeakage.columns
    key = md.MetricLeakage.key
    measure = md.MetricLeakage.measure


class RptAvailabilityElasticity(Report):
    """One row per pair of half-years, unit and version of availability: arc elasticity of smuggled quantity."""

    name = "rpt_availability_elasticity"
    design = "pre_post"
    columns = md.MetricAvailabilityElasticity.columns
    key = md.MetricAvailabilityElasticity.key
    measure = md.MetricAvailabilityElasticity.measure


class RptChannelElasticity(Report):
    """One row per pair of half-years and effective unit: CES elasticity where it may be read, a bound where not."""

    name = "rpt_channel_elasticity"
    design = "pre_post"
    columns = md.MetricChannelElasticity.columns
    key = md.MetricChannelElasticity.key
    measure = md.MetricChannelElasticity.measure


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
    columns = md.MetricTightness.columns
    key = md.MetricTightness.key
    measure = md.MetricTightness.measure


class RptInstalledStock(Report):
    """One row per half-year and scope: installed AI compute in China."""

    name = "rpt_installed_stock"
    columns = md.MetricInstalledStock.columns
    key = md.MetricInstalledStock.key
    measure = md.MetricInstalledStock.measure
