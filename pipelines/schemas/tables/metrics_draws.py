"""Joint draws: factors of uncertain quantities, stored normals, draws, and what is read off them."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.table import Table
from pipelines.schemas.tables import tidy_draws
from pipelines.schemas.tables.core import LABELS

QUANTITY = (
    d.quantity_id,
    d.quantity_kind,
    c.channel.optional("no channel"),
    d.channel_part,
    c.period_id.optional("the quantity names its own period"),
    d.quantity_series.optional("neither"),
    c.unit,
)


class DimPrior(Table):
    """One row per prior that could be known on the as-of day."""

    layer = "core"
    name = "dim_prior"
    columns = tidy_draws.Prior.columns
    key = tidy_draws.Prior.key
    ordered = tidy_draws.Prior.ordered


class MetricQuantityFactor(Table):
    """One row per factor and pool member of an uncertain quantity (C2): its distribution and the dimension it is drawn on."""

    layer = "metrics"
    name = "metric_quantity_factor"
    columns = (
        *QUANTITY,
        d.factor_no,
        d.member_id,
        d.factor_origin,
        d.dim_id,
        d.factor_distribution,
        d.factor_median.optional("no median is needed"),
        m.sigma_low.optional("not a lognormal"),
        m.sigma_high.optional("not a lognormal"),
        d.lower_end.optional("no lower end"),
        d.upper_end.optional("no upper end"),
        m.pareto_alpha.optional("not a floor"),
        d.power,
        d.is_complement,
        d.pool_dim_id.optional("no pool"),
        d.pool_from.optional("no pool"),
        d.pool_to.optional("no pool"),
        *LABELS,
    )
    key = ("quantity_id", "factor_no", "member_id")


class FactNormal(Table):
    """One row per dimension and draw: stored standard normals (Latin hypercube of 10,000, fixed seed, version 1)."""

    layer = "metrics"
    name = "fact_normal"
    columns = (d.dim_id, d.draw_id, d.draw_u, d.draw_z, *LABELS)
    key = ("dim_id", "draw_id")


class FactDraw(Table):
    """One row per quantity and joint draw: only figures of one draw may be added, divided or ranked with each other."""

    layer = "metrics"
    name = "fact_draw"
    columns = (d.quantity_id, d.draw_id, d.draw_amount, *LABELS)
    key = ("quantity_id", "draw_id")


class MetricQuantity(Table):
    """One row per uncertain quantity (C2): median and 90 % interval of its draws, with the floor where there is one."""

    layer = "metrics"
    name = "metric_quantity"
    columns = (*QUANTITY, d.n_members, d.quantity_floor.optional("no floor"), d.draw_p05, d.draw_p50, d.draw_p95, *LABELS)
    key = ("quantity_id",)
    ordered = (("draw_p05", "draw_p50", "draw_p95"),)


class MetricMixInterval(Table):
    """One row per scope, period, series, unit and channel (C3): amount, share, rank on joint draws; years are sums of halves."""

    layer = "metrics"
    name = "metric_mix_interval"
    columns = (
        m.scope,
        c.period_id,
        d.mix_series,
        m.unit_of_account,
        c.channel,
        d.channel_part,
        d.unit_convention,
        d.amount_basis.optional("see absence_reason"),
        d.amount_p05.optional("see absence_reason"),
        d.amount_p50.optional("see absence_reason"),
        d.amount_p95.optional("see absence_reason"),
        d.share_p05.optional("a channel has no figure"),
        d.share_p50.optional("a channel has no figure"),
        d.share_p95.optional("a channel has no figure"),
        d.total_p05.optional("a channel has no figure"),
        d.total_p50.optional("a channel has no figure"),
        d.total_p95.optional("a channel has no figure"),
        d.largest_probability.optional("a channel has no figure, or the row is a part"),
        d.published_floor_usd.optional("no published floor, or another channel"),
        m.mix_state,
        m.missing_channels.optional("complete"),
        c.absence_reason.optional("amount_p50 is present"),
        *LABELS,
    )
    key = ("scope", "period_id", "mix_series", "unit_of_account", "channel", "channel_part")
    measure = "amount_p50"
    ordered = (
        ("amount_p05", "amount_p50", "amount_p95"),
        ("share_p05", "share_p50", "share_p95"),
        ("total_p05", "total_p50", "total_p95"),
    )


class MetricMixCorrelation(Table):
    """One row per correlation case, period, unit and channel (C3): how far the correlation of errors moves totals and shares."""

    layer = "metrics"
    name = "metric_mix_correlation"
    columns = (
        d.correlation_case,
        c.period_id,
        m.unit_of_account,
        c.channel,
        d.share_p05,
        d.share_p50,
        d.share_p95,
        d.total_p05,
        d.total_p50,
        d.total_p95,
        *LABELS,
    )
    key = ("correlation_case", "period_id", "unit_of_account", "channel")
    ordered = (("share_p05", "share_p50", "share_p95"), ("total_p05", "total_p50", "total_p95"))


class MetricAnswer(Table):
    """One row per headline number: a ratio of sums of quantities on joint draws, with what keeps it from saying more."""

    design = "pre_post"
    layer = "metrics"
    name = "metric_answer"
    columns = (
        d.answer_id,
        m.position,
        c.title,
        d.question,
        m.unit_of_account,
        d.set_kind,
        d.answer_p05.optional("see absence_reason"),
        d.answer_p50.optional("see absence_reason"),
        d.answer_p95.optional("see absence_reason"),
        d.above_zero_probability.optional("see absence_reason"),
        d.apart_p05.optional("not a comparison of periods of one series"),
        d.apart_p50.optional("not a comparison of periods of one series"),
        d.apart_p95.optional("not a comparison of periods of one series"),
        d.apart_above_zero_probability.optional("not a comparison of periods of one series"),
        d.answer_at_floor.optional("no claim behind the number is a floor"),
        d.limit_note,
        c.absence_reason.optional("answer_p50 is present"),
        *LABELS,
    )
    key = ("answer_id",)
    measure = "answer_p50"
    ordered = (("answer_p05", "answer_p50", "answer_p95"), ("apart_p05", "apart_p50", "apart_p95"))


class MetricAnswerTrace(Table):
    """One row per step from claims and priors to a headline; the last step is the headline itself."""

    layer = "metrics"
    name = "metric_answer_trace"
    columns = (
        d.answer_id,
        d.step_no,
        d.step_kind,
        d.step_label,
        d.expression,
        d.step_unit,
        d.step_p05,
        d.step_p50,
        d.step_p95,
        *LABELS,
    )
    key = ("answer_id", "step_no")
    ordered = (("step_p05", "step_p50", "step_p95"),)


class MetricAnswerDriver(Table):
    """One row per headline and input: first-order and total share of its variance (Sobol): what to argue about."""

    design = "pre_post"
    layer = "metrics"
    name = "metric_answer_driver"
    columns = (d.answer_id, d.input_dim_id, d.datum, d.first_order, d.total_order, d.driver_rank, *LABELS)
    key = ("answer_id", "input_dim_id")
