"""Columns of priors, joint draws, headlines and of what is computed on draws."""

import polars as pl

from pipelines.schemas.field import FLAG, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

QUANTITY = r"^(cell|part|claim|prior|derived):[A-Za-z0-9._:-]+$"
DRAW_AMOUNT_UNIT = "unit_of_account"
DRAWN = pl.Decimal(18, 6)  # whole numbers of 64 bits, so that sums do not depend on the order

# Priors
prior_id = declare(Field("prior_id", TEXT, "One prior", pattern=r"^[a-z0-9-]+$"))
prior_role = declare(
    Field(
        "prior_role",
        TEXT,
        "quantity = drawn; claim_high, claim_cap, claim_gsd = end or spread of one claim; constant = a convention",
        allowed=("quantity", "claim_high", "claim_cap", "claim_gsd", "constant"),
    )
)
prior_distribution = declare(
    Field(
        "prior_distribution",
        TEXT,
        "Distribution; low and high are its 5th and 95th percentile, the ends where it is uniform or log_uniform",
        allowed=("fixed", "uniform", "log_uniform", "two_piece_lognormal"),
    )
)
prior_low = declare(Field("prior_low", REAL, "Low end", unit="unit of the row"))
prior_central = declare(Field("prior_central", REAL, "Centre", unit="unit of the row"))
prior_high = declare(Field("prior_high", REAL, "High end", unit="unit of the row"))
prior_source = declare(Field("prior_source", TEXT, "What the prior rests on: a source, a convention, a judgement"))
# Registers
base_unit = declare(
    Field(
        "base_unit", TEXT, "Unit that is drawn; the others are it times a factor", allowed=("chips", "usd", "h100e", "bandwidth")
    )
)
member_id = declare(Field("member_id", TEXT, "One claim or series in the pool of one quantity"))
multiplier = declare(
    Field("multiplier", REAL, "Turns the claim into the period and unit of the quantity", unit="ratio", minimum=0)
)
pool_weight = declare(Field("pool_weight", WHOLE, "Weight of a claim of the grade in a linear opinion pool", minimum=1))
derived_id = declare(Field("derived_id", TEXT, "A quantity made of claims, priors and weights", pattern=r"^[a-z0-9-]+$"))
factor_no = declare(Field("factor_no", WHOLE, "Place of the factor in the product", minimum=1, maximum=3))
factor_source = declare(
    Field("factor_source", TEXT, "What the factor is", allowed=("claim", "prior", "weight_h100e", "weight_bandwidth"))
)
factor_ref = declare(Field("factor_ref", TEXT, "Claim, prior or chip that the factor is"))
power = declare(Field("power", WHOLE, "1 = times the factor, -1 = divided by it", minimum=-1, maximum=1))
answer_id = declare(Field("answer_id", TEXT, "One headline number", pattern=r"^[a-z0-9-]+$"))
question = declare(Field("question", TEXT, "Question that the number speaks to"))
offset_value = declare(Field("offset_value", REAL, "Added to the ratio, -1 for a relative change", unit="ratio"))
limit_note = declare(Field("limit_note", TEXT, "What keeps the number from saying more"))
ratio_side = declare(Field("ratio_side", TEXT, "Side of the ratio", allowed=("numerator", "denominator")))
term_no = declare(Field("term_no", WHOLE, "Order of the term within its side", minimum=1))
coefficient = declare(Field("coefficient", WHOLE, "Multiplier of the quantity in the sum", minimum=-1, maximum=1))
# Normals and draws
dim_id = declare(Field("dim_id", TEXT, "One independent source of error: what shares it moves together"))
draw_id = declare(Field("draw_id", WHOLE, "Number of the joint draw; only figures of one draw may be combined", minimum=1))
draw_u = declare(Field("draw_u", REAL, "Rank of the draw in its dimension as a probability", minimum=0, maximum=1))
draw_z = declare(Field("draw_z", REAL, "Standard normal value of that probability"))
quantity_id = declare(Field("quantity_id", TEXT, "One uncertain quantity, see metrics.metric_quantity", pattern=QUANTITY))
quantity_kind = declare(
    Field(
        "quantity_kind",
        TEXT,
        "cell = channel and period; part = own or proxy-fabricated part of domestic; claim; prior; derived",
        allowed=("cell", "part", "claim", "prior", "derived"),
    )
)
channel_part = declare(
    Field(
        "channel_part",
        TEXT,
        "own = domestic without dies fabricated abroad; proxy = from such dies; all = both",
        allowed=("all", "own", "proxy"),
    )
)
quantity_series = declare(
    Field(
        "quantity_series",
        TEXT,
        "backbone = one publisher's series; pooled = mixture of independent claims by grade; envelope = only the outer bounds "
        "of published figures, where there is no backbone",
        allowed=("backbone", "pooled", "envelope"),
    )
)
factor_origin = declare(Field("factor_origin", TEXT, "Claim, prior, chip weight or register that the factor comes from"))
factor_distribution = declare(
    Field(
        "factor_distribution",
        TEXT,
        "Distribution of the factor",
        allowed=("fixed", "lognormal", "two_piece_lognormal", "uniform", "log_uniform", "pareto"),
    )
)
factor_median = declare(Field("factor_median", REAL, "Median, or the fixed value", unit="unit of the factor"))
lower_end = declare(Field("lower_end", REAL, "Lower end of a bounded distribution, floor of a Pareto", unit="unit of the factor"))
upper_end = declare(Field("upper_end", REAL, "Upper end, or the cap at which a Pareto is cut", unit="unit of the factor"))
is_complement = declare(Field("is_complement", FLAG, "True when one minus the factor is taken"))
pool_dim_id = declare(Field("pool_dim_id", TEXT, "Dimension whose rank picks the member of the pool"))
pool_from = declare(Field("pool_from", REAL, "The member is taken from this rank", minimum=0, maximum=1))
pool_to = declare(Field("pool_to", REAL, "The member is taken below this rank", minimum=0, maximum=1))
draw_amount = declare(Field("draw_amount", DRAWN, "Amount of the quantity in the draw", unit=DRAW_AMOUNT_UNIT))
n_members = declare(Field("n_members", WHOLE, "Claims or series that the quantity pools", minimum=1))
draw_p05 = declare(Field("draw_p05", REAL, "5th percentile of the draws", unit="unit of the row"))
draw_p50 = declare(Field("draw_p50", REAL, "Median of the draws", unit="unit of the row"))
draw_p95 = declare(Field("draw_p95", REAL, "95th percentile of the draws", unit="unit of the row"))
quantity_floor = declare(
    Field("quantity_floor", REAL, "Highest floor below which the quantity cannot lie", unit="unit of the row")
)

# Mix on draws
amount_basis = declare(
    Field(
        "amount_basis",
        TEXT,
        "What the amount rests on: a publisher's series, a pool of claims, or only the envelope of published figures",
        allowed=("backbone", "pooled", "envelope"),
    )
)
unit_convention = declare(
    Field("unit_convention", TEXT, "The unit with its convention; H100-equivalents always say by which convention they count")
)
mix_series = declare(
    Field(
        "mix_series",
        TEXT,
        "Smuggled channel: one publisher's series (backbone) or independent claims pooled (pooled); the others are the same",
        allowed=("backbone", "pooled"),
    )
)
correlation_case = declare(
    Field(
        "correlation_case",
        TEXT,
        "Joint error of the channels: independent; plus_half and minus_half = Gaussian copula with that correlation between "
        "arrivals; halves_apart = half-years of a channel share only half of the variance of their error",
        allowed=("independent", "plus_half", "minus_half", "halves_apart"),
    )
)
amount_p05 = declare(Field("amount_p05", REAL, "5th percentile of what the channel added", unit="unit_of_account"))
amount_p50 = declare(Field("amount_p50", REAL, "Median of what the channel added", unit="unit_of_account"))
amount_p95 = declare(Field("amount_p95", REAL, "95th percentile of what the channel added", unit="unit_of_account"))
share_p05 = declare(Field("share_p05", REAL, "5th percentile of the share", unit="share", minimum=0, maximum=1))
share_p50 = declare(Field("share_p50", REAL, "Median of the share", unit="share", minimum=0, maximum=1))
share_p95 = declare(Field("share_p95", REAL, "95th percentile of the share", unit="share", minimum=0, maximum=1))
total_p05 = declare(Field("total_p05", REAL, "5th percentile of the sum of channels", unit="unit_of_account"))
total_p50 = declare(Field("total_p50", REAL, "Median of the sum of channels", unit="unit_of_account"))
total_p95 = declare(Field("total_p95", REAL, "95th percentile of the sum of channels", unit="unit_of_account"))
largest_probability = declare(
    Field("largest_probability", REAL, "Share of draws in which the channel is the largest", unit="share", minimum=0, maximum=1)
)
published_floor_usd = declare(
    Field("published_floor_usd", REAL, "Highest published floor for smuggled goods inside the period", unit="USD", minimum=0)
)
# Answers
answer_p05 = declare(Field("answer_p05", REAL, "5th percentile of the number", unit="ratio"))
answer_p50 = declare(Field("answer_p50", REAL, "Median of the number", unit="ratio"))
answer_p95 = declare(Field("answer_p95", REAL, "95th percentile of the number", unit="ratio"))
above_zero_probability = declare(
    Field("above_zero_probability", REAL, "Share of draws in which the number is above zero", unit="share", minimum=0, maximum=1)
)
apart_p05 = declare(
    Field(
        "apart_p05", REAL, "5th percentile if each period has half of its level variance to itself (halves_apart)", unit="ratio"
    )
)
apart_p50 = declare(Field("apart_p50", REAL, "Median if each period has half of its level variance to itself", unit="ratio"))
apart_p95 = declare(Field("apart_p95", REAL, "95th percentile under the same; read the wider of the two intervals", unit="ratio"))
apart_above_zero_probability = declare(
    Field("apart_above_zero_probability", REAL, "Share of those draws above zero", unit="share", minimum=0, maximum=1)
)
answer_at_floor = declare(
    Field("answer_at_floor", REAL, "The number if floor claims are taken at their floor and all else at its median", unit="ratio")
)
set_kind = declare(
    Field(
        "set_kind",
        TEXT,
        "point = the number itself; upper_end = upper end of an identified set that begins at 0",
        allowed=("point", "upper_end"),
    )
)
input_dim_id = declare(Field("input_dim_id", TEXT, "Claim group, channel error, factor or prior that is varied"))
first_order = declare(
    Field("first_order", REAL, "Share of the variance of the log number that goes if this input were known", unit="share")
)
total_order = declare(
    Field("total_order", REAL, "Share of the variance that remains if only this input were unknown", unit="share")
)
driver_rank = declare(Field("driver_rank", WHOLE, "Order by total share, 1 moves the number most", minimum=1))
datum = declare(Field("datum", TEXT, "What one would have to learn to narrow the number"))
# Trace
step_no = declare(Field("step_no", WHOLE, "Order of the step, the last one is the headline", minimum=1))
step_kind = declare(
    Field(
        "step_kind",
        TEXT,
        "figure = published figures; factor = distribution from a claim or prior; quantity = product of factors; "
        "side = sum of quantities; answer = the ratio",
        allowed=("figure", "factor", "quantity", "side", "answer"),
    )
)
step_label = declare(Field("step_label", TEXT, "What the step is"))
expression = declare(Field("expression", TEXT, "How the step is computed from those above"))
step_p05 = declare(Field("step_p05", REAL, "5th percentile of the step", unit="step_unit"))
step_p50 = declare(Field("step_p50", REAL, "Median of the step", unit="step_unit"))
step_p95 = declare(Field("step_p95", REAL, "95th percentile of the step", unit="step_unit"))
step_unit = declare(Field("step_unit", TEXT, "Unit of the step"))
# Claim chain
link_no = declare(Field("link_no", WHOLE, "Order of the link in the chain", minimum=1))
link_title = declare(Field("link_title", TEXT, "What is asked"))
link_claim = declare(Field("link_claim", TEXT, "What was claimed, by whom, known when"))
link_low = declare(Field("link_low", REAL, "Lower end of what can be said; the floor itself where it is one", unit="link_unit"))
link_central = declare(
    Field("link_central", REAL, "Centre of what can be said; prior-driven where the claim is a floor", unit="link_unit")
)
link_high = declare(Field("link_high", REAL, "Upper end of what can be said", unit="link_unit"))
link_unit = declare(Field("link_unit", TEXT, "Unit of the three figures"))
link_verdict = declare(
    Field(
        "link_verdict",
        TEXT,
        "supported = figures agree with it; floor_only = only a lower bound; bounded = an identified set; not_identified; "
        "not_known = no figure was public on the as-of day",
        allowed=("supported", "floor_only", "bounded", "not_identified", "not_known"),
    )
)
link_reason = declare(Field("link_reason", TEXT, "Why the link has this verdict and label"))
deciding_datum = declare(Field("deciding_datum", TEXT, "Which datum would change the verdict"))
