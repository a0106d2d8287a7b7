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
        "estimated = before/after ratio and set; identified_set = only the set; not_separable = the numbers describe the window, "
        "another licence rule bites in it; allocated_step = halves of two years' figures divided; "
        "allocated_no_change_seen = both halves are one year's figure divided: only the set; "
        "shortfall_not_positive, licensed_did_not_rise = licensed supply did not move as the rule says; "
        "no_data = a side has no figure",
        allowed=(
            "estimated",
            "identified_set",
            "not_separable",
            "allocated_step",
            "allocated_no_change_seen",
            "shortfall_not_positive",
            "licensed_did_not_rise",
            "no_data",
        ),
    )
)
is_licence_rule = declare(
    Field("is_licence_rule", FLAG, "True for a US or Chinese rule on sales of accelerators and servers that it names by model")
)
n_licence_rules = declare(
    Field("n_licence_rules", WHOLE, "Other licence rules that bite inside the window", unit="rules", minimum=0)
)
window_form = declare(
    Field(
        "window_form",
        TEXT,
        "whole_halves = half-years before and after the date; event_half = the half-year of the date stands in for the one "
        "after it, which has no licensed figure",
        allowed=("whole_halves", "event_half"),
    )
)
is_allocated = declare(
    Field("is_allocated", FLAG, "True when a side of the target's change is a year's figure divided into halves")
)
counted_targets = declare(Field("counted_targets", TEXT, "Targets that are summed before nothing is left over, separated by ;"))
ratio_reading = declare(Field("ratio_reading", TEXT, "How a ratio outside 0 to 1 is to be read"))
# Leakage
leakage_measure = declare(
    Field(
        "leakage_measure",
        TEXT,
        "gross_leakage = smuggled over licensed sales without the control; induced_diversion = smuggled beyond the "
        "counterfactual over the licensed shortfall; effectiveness = one minus all offsets over the shortfall; "
        "displacement_on_reopening = fall of smuggled over rise of licensed quantity",
        allowed=("gross_leakage", "induced_diversion", "effectiveness", "displacement_on_reopening"),
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
leakage_status = declare(
    Field(
        "leakage_status",
        TEXT,
        "estimated; not_separable = the numbers describe the window, another licence rule bites in it; all others have no number",
        allowed=(
            "estimated",
            "not_separable",
            "licensed_did_not_rise",
            "shortfall_not_positive",
            "conventions_differ",
            "allocated_no_change_seen",
            "no_data",
        ),
    )
)
uncontrolled_basis = declare(
    Field(
        "uncontrolled_basis",
        TEXT,
        "Licensed sales without the rule: a prior for that half-year, or as in the half-year before",
        allowed=("prior", "half_before", "not_needed"),
    )
)
left_out_offsets = declare(Field("left_out_offsets", TEXT, "Channels without a figure in this unit, so not counted as offsets"))
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
semi_p05 = declare(Field("semi_p05", REAL, "5th percentile of the same as semi_p50", unit="log points"))
semi_p95 = declare(Field("semi_p95", REAL, "95th percentile of the same as semi_p50", unit="log points"))
semi_p50 = declare(Field("semi_p50", REAL, "Median change of log smuggled quantity per unit of availability", unit="log points"))
elasticity_form = declare(
    Field(
        "elasticity_form",
        TEXT,
        "arc or two_period = two neighbouring half-years; panel or regression = all half-years of the span",
        allowed=("arc", "panel", "two_period", "regression"),
    )
)
n_elasticity_periods = declare(
    Field("n_periods", WHOLE, "Half-years behind the number, or at hand where there is none", unit="half-years", minimum=0)
)
n_chips = declare(Field("n_chips", WHOLE, "Chips with a series of their own", unit="chips", minimum=0))
elasticity_status = declare(
    Field(
        "elasticity_status",
        TEXT,
        "two_period_arc = a number; panel_not_estimable = fewer than three chips or eight periods; panel_not_built = no "
        "estimator yet; others say why there is none",
        allowed=("two_period_arc", "no_change_in_availability", "panel_not_estimable", "panel_not_built", "no_data"),
    )
)
effective_unit_basis = declare(
    Field(
        "effective_unit_basis",
        TEXT,
        "Unit in which quantity and price are taken; effective_05 = geometric mean of the other two",
        allowed=("h100e", "bandwidth", "effective_05"),
    )
)
is_period_rule_met = declare(
    Field("is_period_rule_met", FLAG, "True when at least eight unrationed half-years stand behind the number")
)
ces_p05 = declare(Field("ces_p05", REAL, "5th percentile of the CES elasticity between channels", unit="elasticity"))
ces_p50 = declare(
    Field("ces_p50", REAL, "Median of the CES elasticity between channels; NULL unless neither is rationed", unit="elasticity")
)
ces_p95 = declare(Field("ces_p95", REAL, "95th percentile of the CES elasticity between channels", unit="elasticity"))
ces_upper_bound_p05 = declare(
    Field("ces_upper_bound_p05", REAL, "5th percentile of an upper bound, never the elasticity", unit="elasticity")
)
ces_upper_bound_p50 = declare(
    Field("ces_upper_bound_p50", REAL, "Median of an upper bound under rationing, never the elasticity", unit="elasticity")
)
ces_upper_bound_p95 = declare(
    Field("ces_upper_bound_p95", REAL, "95th percentile of an upper bound, never the elasticity", unit="elasticity")
)
ces_status = declare(
    Field(
        "ces_status",
        TEXT,
        "Whether the formula may be read",
        allowed=("valid", "legal_channel_rationed", "model_rejected", "equal_prices", "fewer_than_8_periods", "no_data"),
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
        "Supply set against demand: legal and domestic, with smuggled goods, with compute rented abroad, or with both",
        allowed=(
            "legal_domestic",
            "legal_domestic_smuggled",
            "legal_domestic_offshore",
            "legal_domestic_smuggled_offshore",
        ),
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
carried_mean = declare(Field("carried_mean", REAL, "Mean of what is left of the last period's stock", unit="H100e", minimum=0))
added_mean = declare(Field("added_mean", REAL, "Mean of what the period added", unit="H100e", minimum=0))
stock_mean = declare(Field("stock_mean", REAL, "Mean installed stock: carried_mean plus added_mean", unit="H100e", minimum=0))
supply_p50 = declare(Field("supply_p50", REAL, "Median supply of all channels", unit="H100e", minimum=0))
capacity_growth_p50 = declare(Field("capacity_growth_p50", REAL, "Median growth of installed compute as claimed", unit="H100e"))
retirement_p50 = declare(Field("retirement_p50", REAL, "Median of installed compute that leaves use", unit="H100e", minimum=0))
residual_p05 = declare(Field("residual_p05", REAL, "5th percentile of supply less growth and retirements", unit="H100e"))
residual_p50 = declare(Field("residual_p50", REAL, "Median of supply less growth and retirements", unit="H100e"))
residual_p95 = declare(Field("residual_p95", REAL, "95th percentile of supply less growth and retirements", unit="H100e"))
residual_share_p05 = declare(
    Field("residual_share_p05", REAL, "5th percentile of the size of the residual over supply", unit="share", minimum=0)
)
residual_share_p50 = declare(
    Field("residual_share_p50", REAL, "Median of the size of the residual over supply", unit="share", minimum=0)
)
residual_share_p95 = declare(
    Field("residual_share_p95", REAL, "95th percentile of the size of the residual over supply", unit="share", minimum=0)
)
balance_status = declare(
    Field(
        "balance_status",
        TEXT,
        "checked, or why there is nothing to check against",
        allowed=(
            "checked",
            "no_supply",
            "skipped_no_capacity_claim",
            "skipped_incomplete_supply",
            "skipped_no_depreciation",
        ),
    )
)
# Domestic substitution
substitution_measure = declare(
    Field(
        "substitution_measure",
        TEXT,
        "self_sufficiency = domestic over all supply; import_displacement = change of domestic over fall of licensed supply; "
        "capacity_limited = share of draws at capacity; supply_over_demand = one publisher's supply over its own demand",
        allowed=("self_sufficiency", "import_displacement", "capacity_limited", "supply_over_demand"),
    )
)
matched_period = declare(Field("matched_period", TEXT, "Earlier period of the two that are compared", pattern=r"^\d{4}(H[12])?$"))
substitution_p05 = declare(Field("substitution_p05", REAL, "5th percentile", unit="ratio"))
substitution_p50 = declare(Field("substitution_p50", REAL, "Median, or the one figure", unit="ratio"))
substitution_p95 = declare(Field("substitution_p95", REAL, "95th percentile", unit="ratio"))
counted_as = declare(
    Field(
        "counted_as",
        TEXT,
        "What the figure counts: a 910C package holds two dies, a card one package",
        allowed=("dies", "packages", "cards_shipped", "not_stated"),
    )
)
used_ratio = declare(
    Field("used_ratio", REAL, "The figure over the domestic output in use for that year", unit="ratio", minimum=0)
)
