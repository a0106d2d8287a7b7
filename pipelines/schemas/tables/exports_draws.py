"""Report tables on joint draws: mix with intervals, headlines, what moves them, traces, priors, the claim chain."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.tables import metrics_draws as md
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report


class RptMixInterval(Report):
    """One row per scope, period, series, unit and channel: amount and share of China's added AI compute on joint draws."""

    name = "rpt_mix_interval"
    columns = md.MetricMixInterval.columns
    key = md.MetricMixInterval.key
    measure = md.MetricMixInterval.measure


class RptMixCorrelation(Report):
    """One row per correlation case, period, unit and channel: how far correlated errors move shares and totals."""

    name = "rpt_mix_correlation"
    columns = md.MetricMixCorrelation.columns
    key = md.MetricMixCorrelation.key
    may_be_empty = True


class RptAnswer(Report):
    """One row per headline number with its interval, label and limit."""

    name = "rpt_answer"
    design = "pre_post"
    columns = md.MetricAnswer.columns
    key = md.MetricAnswer.key
    measure = md.MetricAnswer.measure


class RptAnswerDriver(Report):
    """One row per headline and input: the share of the headline's variance that the input carries."""

    name = "rpt_answer_driver"
    design = "pre_post"
    columns = md.MetricAnswerDriver.columns
    key = md.MetricAnswerDriver.key
    may_be_empty = True


class RptAnswerTrace(Report):
    """One row per step from published figures to a headline; the last step is the headline."""

    name = "rpt_answer_trace"
    columns = md.MetricAnswerTrace.columns
    key = md.MetricAnswerTrace.key
    may_be_empty = True


class RptPrior(Report):
    """One row per prior: distribution, reason, source, day."""

    name = "rpt_prior"
    columns = (*md.DimPrior.columns, *LABELS)
    key = md.DimPrior.key


class RptClaimMatrix(Report):
    """One row per cell of the square matrix of claims about one subject in one unit: ratio and overlap, with what is alike."""

    name = "rpt_claim_matrix"
    columns = (
        m.claim_subject,
        m.unit_of_account,
        m.matrix_row,
        f.claim_id,
        m.matrix_column,
        m.other_claim_id,
        m.per_quarter_a,
        m.per_quarter_b,
        m.claim_ratio.optional("see absence_reason"),
        m.overlap_coefficient.optional("a claim has no distribution"),
        m.is_same_quantity,
        m.is_same_period,
        m.is_same_group,
        c.absence_reason.optional("claim_ratio is present"),
        *LABELS,
    )
    key = ("unit_of_account", "claim_id", "other_claim_id")
    measure = "claim_ratio"
    may_be_empty = True


class RptClaimChain(Report):
    """One row per link of the claim that started the project: what was claimed, what each unit says, its label and why."""

    name = "rpt_claim_chain"
    design = "pre_post"
    columns = (
        d.link_no,
        d.link_title,
        d.link_claim,
        m.unit_of_account.optional("the link is no quantity"),
        d.link_low.optional("not a number, or not known on the day"),
        d.link_central.optional("not a number, or not known on the day"),
        d.link_high.optional("not a number, or not known on the day"),
        d.link_unit.optional("the link is no number"),
        d.link_verdict,
        d.link_reason,
        d.deciding_datum,
        f.claim_id.optional("no single claim"),
        *LABELS,
    )
    key = ("link_no",)
