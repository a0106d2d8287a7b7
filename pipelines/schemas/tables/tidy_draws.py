"""Tidy tables behind the joint draws: priors, units of channels, claim pools, derived quantities, headlines."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.table import Table


class Prior(Table):
    """One row per prior: distribution, reason, source, day from which it could be known."""

    layer = "tidy"
    name = "prior"
    columns = (
        d.prior_id,
        c.title,
        d.prior_role,
        f.claim_id.optional("the prior belongs to no claim"),
        c.unit,
        d.prior_distribution,
        d.prior_low,
        d.prior_central,
        d.prior_high,
        c.reason,
        d.prior_source,
        c.url.optional("no page"),
        c.known_at.optional("a convention, good for every as-of day"),
    )
    key = ("prior_id",)
    ordered = (("prior_low", "prior_central", "prior_high"),)


class ChannelUnit(Table):
    """One row per channel and unit of account: the unit that is drawn, from which this one follows by a factor."""

    layer = "tidy"
    name = "channel_unit"
    columns = (c.channel, m.unit_of_account, d.base_unit, c.reason)
    key = ("channel", "unit_of_account")


class ClaimPool(Table):
    """One row per claim or series that speaks of one quantity: pooled, never summed or averaged as points."""

    layer = "tidy"
    name = "claim_pool"
    columns = (
        d.member_id,
        c.channel,
        c.period_id,
        m.unit_of_account,
        f.claim_id.optional("the member is the backbone series"),
        d.multiplier,
        f.grade,
        c.reason,
    )
    key = ("member_id",)


class DerivedQuantity(Table):
    """One row per factor of a quantity that is a product of claims, priors and compute weights."""

    layer = "tidy"
    name = "derived_quantity"
    columns = (d.derived_id, d.factor_no, d.factor_source, d.factor_ref, d.power, m.unit_of_account, c.reason)
    key = ("derived_id", "factor_no")


class Answer(Table):
    """One row per headline number: a ratio of sums of quantities, and what keeps it from saying more."""

    layer = "tidy"
    name = "answer"
    columns = (d.answer_id, m.position, c.title, d.question, m.unit_of_account, d.set_kind, d.offset_value, d.limit_note)
    key = ("answer_id",)


class AnswerTerm(Table):
    """One row per quantity in the numerator or denominator of a headline."""

    layer = "tidy"
    name = "answer_term"
    columns = (d.answer_id, d.ratio_side, d.term_no, d.coefficient, d.quantity_id)
    key = ("answer_id", "ratio_side", "term_no")
