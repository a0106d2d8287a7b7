"""Columns of the flow metrics: reports, mirror pairs, gaps, reconciliation."""

from pipelines.schemas.field import AMOUNT, FLAG, MONEY, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare
from pipelines.schemas.fields.common import COUNTRY
from pipelines.schemas.fields.trade import BASES

SIDE_STATES = ("reported", "zero", "missing", "suppressed", "not_applicable", "ambiguous_breakdown", "withdrawn")

report_basis = declare(
    Field(
        "report_basis",
        TEXT,
        "How the figure came about: as filed, lines or subheadings or partners added up, or twelve months added up",
        allowed=("as_filed", "subheadings_added", "partners_added", "months_added"),
    )
)
partners_usd = declare(Field("partners_usd", MONEY, "Sum over the partners of the reporter", unit="USD"))
is_partner_list_complete = declare(
    Field(
        "is_partner_list_complete",
        FLAG,
        "True when the file holds every partner or the partners add up to World within 0.5 %, and partners not named hold at "
        "most 0.5 %: an absent pair is then a zero",
    )
)
is_world_mismatch = declare(
    Field("is_world_mismatch", FLAG, "True when the partners differ from the filed World total by more than 0.5 %")
)
# Parameters of the flow metrics
parameter_id = declare(Field("parameter_id", TEXT, "One parameter interval", pattern=r"^[a-zA-Z0-9-]+$"))
parameter = declare(
    Field(
        "parameter",
        TEXT,
        "What the interval is for; domestic_output_usd is a year's output of the hub that it may export",
        allowed=("freight_rate", "transit_months", "reexport_markup", "value_added_margin", "domestic_output_usd"),
    )
)
stage_scope = declare(Field("stage_scope", TEXT, "Stage or HS code that the parameter applies to, or any"))
parameter_low = declare(Field("parameter_low", REAL, "Lowest value", unit="ratio, months or USD by parameter", minimum=0))
parameter_central = declare(
    Field("parameter_central", REAL, "Central value", unit="ratio, months or USD by parameter", minimum=0)
)
parameter_high = declare(Field("parameter_high", REAL, "Highest value", unit="ratio, months or USD by parameter", minimum=0))
parameter_basis = declare(
    Field("parameter_basis", TEXT, "What the interval rests on", allowed=("observed", "published", "survey", "convention"))
)
# Freight
freight_low = declare(
    Field("freight_low", REAL, "Lowest freight and insurance over FOB value", unit="ratio", minimum=0, maximum=0.2)
)
freight_central = declare(
    Field("freight_central", REAL, "Central freight and insurance over FOB value", unit="ratio", minimum=0, maximum=0.2)
)
freight_high = declare(
    Field("freight_high", REAL, "Highest freight and insurance over FOB value", unit="ratio", minimum=0, maximum=0.2)
)
freight_basis = declare(
    Field(
        "freight_basis",
        TEXT,
        "Where the rate comes from: the reporter's own two values, those of other reporters of the stage, a default of the "
        "stage, the general default, none where the importer does not value CIF, or unknown where no default matches",
        allowed=("own_two_values", "pooled_two_values", "stage_default", "general_default", "not_cif", "unknown"),
    )
)
n_two_values = declare(Field("n_two_values", WHOLE, "Cells with both values behind the rate", unit="cells", minimum=0))
# Mirror pairs
exporter_iso3 = declare(Field("exporter_iso3", TEXT, "Country that exports in the pair", pattern=COUNTRY))
importer_iso3 = declare(Field("importer_iso3", TEXT, "Country that imports in the pair", pattern=COUNTRY))
window_kind = declare(
    Field(
        "window_kind",
        TEXT,
        "Length of the window: a calendar year, or a sum of consecutive months ending in every month",
        allowed=("year", "rolling_3", "rolling_6", "rolling_12"),
    )
)
exporter_usd = declare(Field("exporter_usd", MONEY, "What the exporter reports, FOB or FAS", unit="USD"))
exporter_shifted_usd = declare(
    Field("exporter_shifted_usd", MONEY, "The exporter's report for the window that ends one month earlier", unit="USD")
)
exporter_state = declare(Field("exporter_state", TEXT, "State of the exporter's report", allowed=SIDE_STATES))
importer_usd = declare(Field("importer_usd", MONEY, "What the importer reports, as valued", unit="USD"))
importer_state = declare(Field("importer_state", TEXT, "State of the importer's report", allowed=SIDE_STATES))
importer_basis = declare(Field("importer_basis", TEXT, "Valuation of the importer's report", allowed=BASES))
importer_fob_low_usd = declare(
    Field("importer_fob_low_usd", MONEY, "The importer's report without the highest freight rate", unit="USD")
)
importer_fob_usd = declare(Field("importer_fob_usd", MONEY, "The importer's report without the central freight rate", unit="USD"))
importer_fob_high_usd = declare(
    Field("importer_fob_high_usd", MONEY, "The importer's report without the lowest freight rate", unit="USD")
)
exporter_quantity = declare(Field("exporter_quantity", AMOUNT, "Quantity of the exporter's report", unit="pair_quantity_unit"))
importer_quantity = declare(Field("importer_quantity", AMOUNT, "Quantity of the importer's report", unit="pair_quantity_unit"))
pair_quantity_unit = declare(
    Field("pair_quantity_unit", TEXT, "Unit in which both sides report, kg where the filed units differ; estimates are left out")
)
is_entrepot_pair = declare(
    Field(
        "is_entrepot_pair",
        FLAG,
        "True when a side is an entrepot: its gaps need the re-export adjustment before they mean anything",
    )
)
pair_licence_id = declare(
    Field(
        "pair_licence_id",
        TEXT,
        "The stricter terms of the two reports, see core.dim_licence; the only terms where one side reports",
    )
)
pair_state = declare(
    Field(
        "pair_state",
        TEXT,
        "paired = both report a value; orphaned = only the importer does; lost = only the exporter does (the other is zero or "
        "missing as its state says); nothing_reported = no value, and a side is missing",
        allowed=("paired", "orphaned", "lost", "both_zero", "nothing_reported"),
    )
)
unmatched_reason = declare(
    Field(
        "unmatched_reason",
        TEXT,
        "Which side has no figure and in which state its report is: zero = it filed and names no such trade; missing = it did "
        "not file or is not loaded; suppressed = it keeps the figure back",
        pattern=r"^(exporter|importer)_(reported|zero|missing|suppressed|not_applicable|ambiguous_breakdown|withdrawn)$",
    )
)
# Mirror gap
gap_low_usd = declare(Field("gap_low_usd", MONEY, "Exporter minus importer FOB at the lowest freight rate", unit="USD"))
gap_usd = declare(
    Field("gap_usd", MONEY, "Exporter minus importer FOB at the central freight rate; positive = missing imports", unit="USD")
)
gap_high_usd = declare(Field("gap_high_usd", MONEY, "Exporter minus importer FOB at the highest freight rate", unit="USD"))
raw_gap_usd = declare(Field("raw_gap_usd", MONEY, "Exporter minus importer as both report, freight not removed", unit="USD"))
missing_share_low = declare(
    Field("missing_share_low", REAL, "1 - importer FOB / exporter at the lowest freight rate", unit="share", maximum=1)
)
missing_share = declare(
    Field("missing_share", REAL, "1 - importer FOB / exporter at the central freight rate", unit="share", maximum=1)
)
missing_share_high = declare(
    Field("missing_share_high", REAL, "1 - importer FOB / exporter at the highest freight rate", unit="share", maximum=1)
)
symmetric_gap = declare(
    Field("symmetric_gap", REAL, "(exporter - importer FOB) / (exporter + importer FOB)", unit="ratio", minimum=-1, maximum=1)
)
log_gap = declare(Field("log_gap", REAL, "ln exporter - ln importer FOB", unit="log points"))
quantity_part = declare(Field("quantity_part", REAL, "Part of the log gap that is quantity", unit="log points"))
unit_value_part = declare(Field("unit_value_part", REAL, "Part of the log gap that is unit value", unit="log points"))
own_mean_log_gap = declare(
    Field(
        "own_mean_log_gap", REAL, "Mean log gap of the pair and code in the windows before that share no month", unit="log points"
    )
)
n_windows_before = declare(Field("n_windows_before", WHOLE, "Windows behind that mean", unit="windows", minimum=0))
control_change = declare(
    Field(
        "control_change", REAL, "Change of the mean log gap of the pair's control codes against their own mean", unit="log points"
    )
)
gap_change = declare(Field("gap_change", REAL, "Log gap minus its own mean before", unit="log points"))
excess_log_gap = declare(
    Field("excess_log_gap", REAL, "Log gap minus its own mean before minus the change in control codes", unit="log points")
)
gap_reading = declare(
    Field(
        "gap_reading",
        TEXT,
        "How the difference reads: one side only, freight unknown, within freight, importer reports more, exporter reports "
        "more, or a pair with an entrepot, whose difference means nothing without the re-export adjustment",
        allowed=(
            "one_side_only",
            "freight_unknown",
            "within_freight",
            "importer_reports_more",
            "exporter_reports_more",
            "entrepot_needs_adjustment",
            "no_trade",
        ),
    )
)
ratio_absence_reason = declare(
    Field("ratio_absence_reason", TEXT, "Why a ratio beside the measure is NULL although the measure is there")
)
claim_limit = declare(
    Field(
        "claim_limit",
        TEXT,
        "What the row may not be called, whatever its size: two reports that differ are no evidence of evasion or smuggling",
        allowed=("difference_between_reports_not_evasion", "place_to_look_not_accusation"),
    )
)
# Waterfall
component = declare(
    Field(
        "component",
        TEXT,
        "Part of the gap: freight in the importer's value, goods under way, goods of the exporter sold on by hubs, "
        "the same goods under neighbouring codes, and what is left",
        allowed=("freight", "timing", "reexport", "classification", "residual"),
    )
)
component_position = declare(Field("component_position", WHOLE, "Order in the waterfall", minimum=1, maximum=5))
component_low_usd = declare(Field("component_low_usd", MONEY, "Lowest amount of the component", unit="USD"))
component_usd = declare(
    Field("component_usd", MONEY, "Amount of the component; the amounts that are not NULL add up to the raw gap", unit="USD")
)
component_high_usd = declare(Field("component_high_usd", MONEY, "Highest amount of the component", unit="USD"))
explainable_usd = declare(
    Field(
        "explainable_usd",
        MONEY,
        "How much of the raw gap the component can explain at most, the whole gap included; for re-exports: if only the "
        "listed hubs sell goods on",
        unit="USD",
        minimum=0,
    )
)
component_state = declare(
    Field(
        "component_state",
        TEXT,
        "observed = from data; assumed = from a declared interval; bounded = only an interval is known, for re-exports on the "
        "condition that only the listed hubs sell goods on; unknown = an open end; "
        "remainder = what the other components leave, those without an amount included",
        allowed=("observed", "assumed", "bounded", "unknown", "remainder"),
    )
)
component_note = declare(Field("component_note", TEXT, "What the component rests on, in words"))
# Re-exports
hub_iso3 = declare(Field("hub_iso3", TEXT, "Hub: a place to look, not an accusation", pattern=COUNTRY))
origin_iso3 = declare(Field("origin_iso3", TEXT, "Country that the goods come from", pattern=COUNTRY))
reexport_usd = declare(Field("reexport_usd", MONEY, "Re-exports, the margin of the hub in them", unit="USD"))
origin_low_usd = declare(Field("origin_low_usd", MONEY, "Their value at the origin, highest margin taken off", unit="USD"))
origin_central_usd = declare(
    Field("origin_central_usd", MONEY, "Their value at the origin, central margin taken off", unit="USD")
)
origin_high_usd = declare(Field("origin_high_usd", MONEY, "Their value at the origin, lowest margin taken off", unit="USD"))
surplus_before_low_usd = declare(
    Field("surplus_before_low_usd", MONEY, "Importer FOB minus exporter at the highest freight rate", unit="USD")
)
surplus_before_usd = declare(
    Field("surplus_before_usd", MONEY, "Importer FOB minus exporter at the central freight rate", unit="USD")
)
surplus_before_high_usd = declare(
    Field("surplus_before_high_usd", MONEY, "Importer FOB minus exporter at the lowest freight rate", unit="USD")
)
surplus_after_low_usd = declare(Field("surplus_after_low_usd", MONEY, "The same after re-exports, lower end", unit="USD"))
surplus_after_usd = declare(Field("surplus_after_usd", MONEY, "Importer FOB minus exporter minus re-exports by hubs", unit="USD"))
surplus_after_high_usd = declare(Field("surplus_after_high_usd", MONEY, "The same after re-exports, upper end", unit="USD"))
is_worse_after = declare(
    Field("is_worse_after", FLAG, "True when exports are above imports already, so that re-exports widen the difference")
)
n_hubs_expected = declare(Field("n_hubs_expected", WHOLE, "Entrepots other than the two countries", unit="hubs", minimum=0))
n_hubs_present = declare(
    Field("n_hubs_present", WHOLE, "Of these, hubs whose re-exports by origin are loaded", unit="hubs", minimum=0)
)
missing_hubs = declare(Field("missing_hubs", TEXT, "Hubs whose re-exports by origin are not loaded, separated by ;"))
# Reliability and reconciliation
reporter_role = declare(Field("reporter_role", TEXT, "Side on which the reporter is judged", allowed=("exporter", "importer")))
reliability_method = declare(
    Field(
        "reliability_method",
        TEXT,
        "`effects` = mean disagreement by least squares (default); `fixed_point` = iterated scores, known only up to a factor",
        allowed=("effects", "fixed_point"),
    )
)
error_scale = declare(
    Field("error_scale", REAL, "Scale of the reporter's lognormal error, never below the floor", unit="log points", minimum=0)
)
error_scale_low = declare(
    Field("error_scale_low", REAL, "Lower end of its 90 % interval, partners drawn at random", unit="log points", minimum=0)
)
error_scale_high = declare(
    Field("error_scale_high", REAL, "Upper end of its 90 % interval, partners drawn at random", unit="log points", minimum=0)
)
reliability_score = declare(
    Field("reliability_score", REAL, "Fixed-point score after 25 rounds, geometric mean 1 over the role", unit="ratio", minimum=0)
)
n_cells = declare(Field("n_cells", WHOLE, "Cells of the reporter in the window", unit="cells", minimum=0))
is_pooled = declare(
    Field("is_pooled", FLAG, "True when the reporter has fewer than 30 cells or one partner, so that the scale is the pooled one")
)
importer_used_usd = declare(
    Field(
        "importer_used_usd", MONEY, "The importer's report FOB, or as valued where that is closer to the exporter's", unit="USD"
    )
)
is_freight_withheld = declare(
    Field("is_freight_withheld", FLAG, "True when taking freight off would widen the gap, so that it was not taken off")
)
reconcile_state = declare(
    Field(
        "reconcile_state",
        TEXT,
        "How the value came about; only two_reports is an average. other_side_suppressed = one value, the other side keeps its "
        "own back; suppressed = no value, and a side keeps it back",
        allowed=(
            "two_reports",
            "single_reporter",
            "other_side_suppressed",
            "asymmetric_zero",
            "both_zero",
            "missing",
            "suppressed",
            "negative_correction",
        ),
    )
)
exporter_error_scale = declare(Field("exporter_error_scale", REAL, "Error scale of the exporter", unit="log points", minimum=0))
importer_error_scale = declare(Field("importer_error_scale", REAL, "Error scale of the importer", unit="log points", minimum=0))
exporter_weight = declare(
    Field(
        "exporter_weight",
        REAL,
        "Weight of the exporter's report by inverse variance; one half where a reliability is unknown",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
reconciled_low_usd = declare(Field("reconciled_low_usd", MONEY, "The smaller of the two reports", unit="USD"))
reconciled_usd = declare(Field("reconciled_usd", MONEY, "Reconciled value by inverse variance", unit="USD"))
reconciled_high_usd = declare(Field("reconciled_high_usd", MONEY, "The larger of the two reports", unit="USD"))
reconciled_sd_usd = declare(
    Field("reconciled_sd_usd", REAL, "Standard deviation from the two error scales", unit="USD", minimum=0)
)
softmax_weight = declare(
    Field(
        "softmax_weight",
        REAL,
        "Weight of the exporter's report by softmax of the scores, sharpness 1: e^score over the sum of both",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
softmax_usd = declare(Field("softmax_usd", MONEY, "Reconciled value by softmax", unit="USD"))
mirror_fill_usd = declare(
    Field("mirror_fill_usd", MONEY, "The importer's report, filled from the exporter where missing; no averaging", unit="USD")
)
reconciled_quantity = declare(
    Field("reconciled_quantity", AMOUNT, "Reconciled quantity, same weights", unit="pair_quantity_unit")
)
# Gap regression
gap_shift_low = declare(
    Field("gap_shift_low", REAL, "Lower end of the 90 % interval, errors clustered by lane", unit="log points")
)
gap_shift = declare(
    Field(
        "gap_shift",
        REAL,
        "Shift of the log gap of exposed goods after the rule, against other goods of the same lanes",
        unit="log points",
    )
)
gap_shift_high = declare(
    Field("gap_shift_high", REAL, "Upper end of the 90 % interval, errors clustered by lane", unit="log points")
)
n_gap_cells = declare(Field("n_gap_cells", WHOLE, "Yearly log gaps in the regression", unit="cells", minimum=0))
n_lanes = declare(Field("n_lanes", WHOLE, "Pairs of exporter and importer in the regression", unit="lanes", minimum=0))
