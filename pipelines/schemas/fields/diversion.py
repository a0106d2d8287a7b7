"""Columns of diversion ratios, leakage, elasticities, tightness and stock, all computed on joint draws."""

from pipelines.schemas.field import DAY, FLAG, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

PERIOD = r"^\d{4}H[12]$"

diversion_basis = declare(
    Field(
        "diversion_basis",
        TEXT,
        "half_years = whole half-years before and after the rule; claims = two published claims about nearly the same months",
        allowed=("half_years", "claims"),
    )
)
diversion_target = declare(
    Field(
        "diversion_target",
        TEXT,
        "Where lost licensed supply can have gone; nothing = one minus the sum of the others",
        allowed=("smuggled", "domestic", "offshore", "nothing"),
    )
)
before_period = declare(Field("before_period", TEXT, "Half-year before the rule", pattern=PERIOD))
after_period = declare(Field("after_period", TEXT, "Half-year after the rule", pattern=PERIOD))
rule_bite_date = declare(Field("rule_bite_date", DAY, "Day from which the rule touched goods"))
is_window_mismatched = declare(
    Field("is_window_mismatched", FLAG, "True when the two sides of the ratio speak of different months")
)
n_window_rules = declare(
    Field("n_window_rules", WHOLE, "Other rules on AI chips for China that bite inside the window", unit="rules", minimum=0)
)
positive_shortfall_share = declare(
    Field("positive_shortfall_share", REAL, "Share of draws in which licensed supply fell", unit="share", minimum=0, maximum=1)
)
diversion_p05 = declare(Field("diversion_p05", REAL, "5th percentile of the diversion ratio", unit="ratio"))
diversion_p50 = declare(Field("diversion_p50", REAL, "Median of the diversion ratio, against the half-year before", unit="ratio"))
diversion_p95 = declare(Field("diversion_p95", REAL, "95th percentile of the diversion ratio", unit="ratio"))
set_lower = declare(Field("set_lower", REAL, "Lower end of the identified set", unit="ratio"))
set_upper_p05 = declare(Field("set_upper_p05", REAL, "5th percentile of the upper end of the identified set", unit="ratio"))
set_upper_p50 = declare(Field("set_upper_p50", REAL, "Median of the upper end of the identified set", unit="ratio"))
set_upper_p95 = declare(Field("set_upper_p95", REAL, "95th percentile of the upper end of the identified set", unit="ratio"))
set_upper_at_floor = declare(Field("set_upper_at_floor", REAL, "Upper end if a floor claim is taken at its floor", unit="ratio"))
is_open_above = declare(Field("is_open_above", FLAG, "True when the claim behind the upper end is a floor"))
diversion_status = declare(
    Field(
        "diversion_status",
        TEXT,
        "estimated = before/after ratio and set; identified_set = only the set; shortfall_not_positive = licensed supply did not "
        "fall in 95 % of the draws; no_data = a side has no figure",
        allowed=("estimated", "identified_set", "shortfall_not_positive", "no_data"),
    )
)
ratio_reading = declare(Field("ratio_reading", TEXT, "How a ratio outside 0 to 1 is to be read"))
# Leakage
leakage_measure = declare(
    Field(
        "leakage_measure",
        TEXT,
        "gross_leakage = smuggled over licensed sales without the control; induced_diversion = smuggled beyond the "
        "counterfactual over the licensed shortfall; effectiveness = one minus all offsets over the shortfall",
        allowed=("gross_leakage", "induced_diversion", "effectiveness"),
    )
)
smuggled_counterfactual = declare(
    Field(
        "smuggled_counterfactual",
        TEXT,
        "What would have been smuggled anyway: none, all of it (together the identified set), or as in the half-year before "
        "the rule",
        allowed=("none", "all", "previous", "not_needed"),
    )
)
leakage_p05 = declare(Field("leakage_p05", REAL, "5th percentile", unit="ratio"))
leakage_p50 = declare(Field("leakage_p50", REAL, "Median", unit="ratio"))
leakage_p95 = declare(Field("leakage_p95", REAL, "95th percentile", unit="ratio"))
counted_offsets = declare(Field("counted_offsets", TEXT, "Channels whose change is counted as an offset, separated by ;"))
# Elasticities
availability_version = declare(
    Field(
        "availability_version",
        TEXT,
        "Legal availability: announced or licensed = share of the half-year's days; delivered = licensed deliveries over the "
        "largest half-year before the first H20 rule",
        allowed=("announced", "licensed", "delivered"),
    )
)
availability_before = declare(Field("availability_before", REAL, "Availability in the first half-year", unit="share", minimum=0))
availability_after = declare(Field("availability_after", REAL, "Availability in the second half-year", unit="share", minimum=0))
arc_p05 = declare(Field("arc_p05", REAL, "5th percentile of the arc elasticity", unit="elasticity"))
arc_p50 = declare(Field("arc_p50", REAL, "Median of the arc elasticity", unit="elasticity"))
arc_p95 = declare(Field("arc_p95", REAL, "95th percentile of the arc elasticity", unit="elasticity"))
semi_p50 = declare(Field("semi_p50", REAL, "Median change of log smuggled quantity per unit of availability", unit="log points"))
effective_unit_basis = declare(
    Field("effective_unit_basis", TEXT, "Unit in which quantity and price are taken", allowed=("h100e", "bandwidth"))
)
ces_sigma = declare(
    Field("ces_sigma", REAL, "CES elasticity between channels; NULL unless neither is rationed", unit="elasticity")
)
ces_if_unrationed = declare(
    Field(
        "ces_if_unrationed",
        REAL,
        "The same formula although a channel is rationed: a bound, never the elasticity",
        unit="elasticity",
    )
)
ces_status = declare(
    Field(
        "ces_status",
        TEXT,
        "Whether the formula may be read",
        allowed=("valid", "legal_channel_rationed", "model_rejected", "equal_prices", "no_data"),
    )
)
# Tightness, break-even, stock, balance
seizure_p05 = declare(
    Field("seizure_p05", REAL, "5th percentile of the break-even probability", unit="probability", minimum=0, maximum=1)
)
seizure_p50 = declare(
    Field("seizure_p50", REAL, "Median break-even probability of seizure", unit="probability", minimum=0, maximum=1)
)
seizure_p95 = declare(
    Field("seizure_p95", REAL, "95th percentile of the break-even probability", unit="probability", minimum=0, maximum=1)
)
unprofitable_share = declare(
    Field("unprofitable_share", REAL, "Share of draws in which there is no margin to lose", unit="share", minimum=0, maximum=1)
)
priced_item = declare(Field("priced_item", TEXT, "Chip and date that the prices speak of"))
tightness_basis = declare(
    Field(
        "tightness_basis",
        TEXT,
        "Supply set against demand: legal and domestic, or smuggled as well; compute rented abroad has no dollar figure",
        allowed=("legal_domestic", "legal_domestic_smuggled"),
    )
)
tightness_p05 = declare(Field("tightness_p05", REAL, "5th percentile of unmet demand over demand", unit="share", maximum=1))
tightness_p50 = declare(Field("tightness_p50", REAL, "Median of unmet demand over demand", unit="share", maximum=1))
tightness_p95 = declare(Field("tightness_p95", REAL, "95th percentile of unmet demand over demand", unit="share", maximum=1))
stock_p05 = declare(
    Field("stock_p05", REAL, "5th percentile of the installed stock at the end of the period", unit="H100e", minimum=0)
)
stock_p50 = declare(Field("stock_p50", REAL, "Median installed stock at the end of the period", unit="H100e", minimum=0))
stock_p95 = declare(Field("stock_p95", REAL, "95th percentile of the installed stock", unit="H100e", minimum=0))
