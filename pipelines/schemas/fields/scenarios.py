"""Columns of scenarios: what a file sets, and what the scenario model gives."""

from pipelines.schemas.field import DAY, FLAG, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

OUTPUTS = (
    "channel_quantity",
    "channel_share",
    "channel_price_usd",
    "china_compute",
    "unmet",
    "unmet_share",
    "smuggled_share",
    "vendor_gross_usd",
    "vendor_net_usd",
    "fee_take_usd",
    "vendor_indirect_usd",
    "spend_usd",
    "leakage",
    "premium",
    "diversion_ratio",
    "installed_stock",
)
OUTCOME_UNITS = ("effective", "usd", "chips", "h100e", "bandwidth", "share", "ratio", "usd_per_unit")
OF_UNIT = "outcome_unit"
OF_VALUE = "value_unit"

# Files
scenario_id = declare(Field("scenario_id", TEXT, "Name of the scenario", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"))
base_period = declare(
    Field(
        "base_period",
        TEXT,
        "Period that the scenario departs from; prior-2025 = the base of the prior sheet, 2025 without the H20 stop",
        pattern=r"^(\d{4}(H[12]|Q[1-4])?|prior-\d{4})$",
    )
)
horizon = declare(Field("horizon", WHOLE, "Periods that the scenario covers, each a base period long", unit="periods", minimum=1))
baseline_id = declare(Field("baseline_id", TEXT, "Scenario that it is compared with, draw by draw"))
parameter_hash = declare(
    Field("parameter_hash", TEXT, "SHA-256 of base, horizon and all values that move the result", pattern=r"^[0-9a-f]{64}$")
)
value_key = declare(
    Field("value_key", TEXT, "Lever, or chip and value as h200-sxm.price_usd; horizon on the row that every scenario has")
)
value_unit = declare(Field("value_unit", TEXT, "Unit of the value"))
value_low = declare(Field("value_low", REAL, "Low end; equal to the others where the value is certain", unit=OF_VALUE))
value_central = declare(Field("value_central", REAL, "Centre: half of the draws lie on either side", unit=OF_VALUE))
value_high = declare(Field("value_high", REAL, "High end", unit=OF_VALUE))
value_path = declare(Field("value_path", TEXT, "Factor of each period, separated by ;"))
value_source = declare(Field("value_source", TEXT, "Row of the data files that the value rests on, as kind:id"))

# Outcomes
base_id = declare(
    Field(
        "base_id",
        TEXT,
        "Base that the model was calibrated on: prior-2025, or a period of the supply mix at its annual rate",
        pattern=r"^(\d{4}(H[12]|Q[1-4])?|prior-\d{4})$",
    )
)
scenario_period = declare(Field("scenario_period", WHOLE, "Year of the scenario, 1 = the first", unit="years", minimum=1))
scenario_output = declare(
    Field(
        "scenario_output",
        TEXT,
        "Output of the model: quantity, share of China compute and price by channel; china_compute = sum of channels; unmet = "
        "need left unserved; vendor revenue before and after the fee, fee take, on smuggled and rented chips; spend of buyers; "
        "leakage = smuggled over licensed quantity of the base; diversion_ratio = gain over the loss of licensed chips",
        allowed=OUTPUTS,
    )
)
outcome_unit = declare(
    Field(
        "outcome_unit",
        TEXT,
        "Unit; quantities a year; effective = H100-equivalents by compute to the power alpha times those by bandwidth",
        allowed=OUTCOME_UNITS,
    )
)
outcome_p05 = declare(Field("outcome_p05", REAL, "5th percentile over the joint draws, in the model", unit=OF_UNIT))
outcome_p50 = declare(Field("outcome_p50", REAL, "Median over the joint draws, in the model", unit=OF_UNIT))
outcome_p95 = declare(Field("outcome_p95", REAL, "95th percentile over the joint draws, in the model", unit=OF_UNIT))
difference_p05 = declare(Field("difference_p05", REAL, "5th percentile of the difference, draw by draw", unit=OF_UNIT))
difference_p50 = declare(Field("difference_p50", REAL, "Median of the difference, draw by draw", unit=OF_UNIT))
difference_p95 = declare(Field("difference_p95", REAL, "95th percentile of the difference, draw by draw", unit=OF_UNIT))

# Headlines
output_id = declare(Field("output_id", TEXT, "Output of the model that is shown", pattern=r"^[a-z0-9_]+$"))
scenario_title = declare(Field("scenario_title", TEXT, "Short title of the scenario"))
output_title = declare(Field("output_title", TEXT, "The output in words"))
baseline_p50 = declare(Field("baseline_p50", REAL, "Median of the output in the baseline scenario", unit="unit of the row"))
scenario_p05 = declare(Field("scenario_p05", REAL, "5th percentile of the output", unit="unit of the row"))
scenario_p50 = declare(Field("scenario_p50", REAL, "Median of the output", unit="unit of the row"))
scenario_p95 = declare(Field("scenario_p95", REAL, "95th percentile of the output", unit="unit of the row"))

# Comparison
other_scenario_id = declare(
    Field("other_scenario_id", TEXT, "The scenario that it is held against", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
)
above_probability = declare(
    Field(
        "above_probability",
        REAL,
        "Share of the joint draws in which the output is larger than in the other scenario; equal draws count half",
        unit="share",
        minimum=0,
        maximum=1,
    )
)

# Sensitivity
scenario_input = declare(
    Field("scenario_input", TEXT, "What is moved: prior:ID or value:KEY of the file; none where the output has no number")
)
input_low = declare(Field("input_low", REAL, "Low end of the input", unit="unit of the input"))
input_central = declare(Field("input_central", REAL, "Centre of the input", unit="unit of the input"))
input_high = declare(Field("input_high", REAL, "High end of the input", unit="unit of the input"))
at_low = declare(Field("at_low", REAL, "Output with the input at its low end and all others at their centres", unit=OF_UNIT))
at_central = declare(Field("at_central", REAL, "Output with all inputs at their centres", unit=OF_UNIT))
at_high = declare(Field("at_high", REAL, "Output with the input at its high end and all others at their centres", unit=OF_UNIT))
swing_rank = declare(Field("swing_rank", WHOLE, "Order by the length of the bar, 1 = the longest", minimum=1))
sobol_first = declare(Field("sobol_first", REAL, "Share of the variance of the output by this input alone", unit="share"))
sobol_first_error = declare(Field("sobol_first_error", REAL, "Half the 95 % bootstrap interval of it", unit="share", minimum=0))
sobol_total = declare(Field("sobol_total", REAL, "Share of the variance that the input takes part in", unit="share"))
sobol_total_error = declare(Field("sobol_total_error", REAL, "Half the 95 % bootstrap interval of it", unit="share", minimum=0))
sobol_points = declare(Field("sobol_points", WHOLE, "Base points of Saltelli's scheme", unit="points", minimum=2))

# Back-test
backtest_id = declare(Field("backtest_id", TEXT, "One back-test", pattern=r"^[a-z0-9-]+$"))
calibrated_on = declare(Field("calibrated_on", DAY, "Day of knowledge: the base uses only rows that were public on it"))
base_known_at = declare(Field("base_known_at", DAY, "Latest day on which a row of the base became public"))
base_rows = declare(Field("base_rows", TEXT, "Rows that the base was made of, as kind:id, separated by ;"))
hindsight = declare(
    Field("hindsight", TEXT, "What of the base was not known on the day: stated ranges and priors without a date")
)
later_id = declare(
    Field("later_id", TEXT, "Later figure that the prediction is held against, as kind:id; none where there is none")
)
later_known_at = declare(Field("later_known_at", DAY, "Day on which the later figure became public"))
later_low = declare(
    Field("later_low", REAL, "Low end of the later figure at its annual rate; the floor where it is one", unit=OF_UNIT)
)
later_central = declare(Field("later_central", REAL, "Centre of the later figure at its annual rate", unit=OF_UNIT))
later_high = declare(Field("later_high", REAL, "High end of the later figure at its annual rate", unit=OF_UNIT))
is_later_inside = declare(
    Field("is_later_inside", FLAG, "True when the later figure, or part of its range, lies within the 5th to 95th percentile")
)
explanation = declare(Field("explanation", TEXT, "What was predicted, what came, and what the distance can be made of"))
