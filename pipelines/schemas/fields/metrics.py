"""Columns of metrics and reports."""

from pipelines.schemas.field import AMOUNT, DAY, FLAG, MONEY, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

UNITS = ("chips", "usd", "h100e", "bandwidth", "effective_05")

control_kind = declare(Field("control_kind", TEXT, "Which total the row is", allowed=("world_total", "aggregate_partner")))
has_all_lines = declare(Field("has_all_lines", FLAG, "True when the file holds every national line of its headings"))
has_all_partners = declare(
    Field("has_all_partners", FLAG, "True when the file holds every partner, so that a pair without a row is a zero")
)
is_filed_by_good = declare(
    Field(
        "is_filed_by_good",
        FLAG,
        "True when a period may lack goods of the file: a good without any row is missing then, not zero",
    )
)
n_lines = declare(Field("n_lines", WHOLE, "National lines added into the cell", unit="lines", minimum=0))
cell_state = declare(
    Field(
        "cell_state",
        TEXT,
        "The four empties: reported value, zero (filed without a row), or why there is none; withdrawn = filed once, and gone",
        allowed=("reported", "zero", "missing", "suppressed", "not_applicable", "ambiguous_breakdown", "withdrawn"),
    )
)
# Proxy
gross_usd = declare(
    Field("gross_usd", MONEY, "Whole value of the codes (purity 1): a ceiling, not a count of AI chips", unit="USD")
)
low_usd = declare(Field("low_usd", MONEY, "Lower end in US dollars", unit="USD"))
central_usd = declare(Field("central_usd", MONEY, "Centre in US dollars", unit="USD"))
high_usd = declare(Field("high_usd", MONEY, "Upper end in US dollars", unit="USD"))
n_expected = declare(Field("n_expected", WHOLE, "Cells that the figure should hold", unit="cells", minimum=0))
n_present = declare(Field("n_present", WHOLE, "Cells that were reported or zero", unit="cells", minimum=0))
proxy_label = declare(
    Field(
        "proxy_label",
        TEXT,
        "proxy_only = no anchor, the truth may lie anywhere between 0 and the gross value",
        allowed=("proxy_only", "anchored"),
    )
)
net_low_usd = declare(
    Field("net_low_usd", MONEY, "Arrivals that stay, lower end: sum over stages of imports minus exports", unit="USD")
)
net_high_usd = declare(Field("net_high_usd", MONEY, "Arrivals that stay, upper end", unit="USD"))
net_gross_usd = declare(Field("net_gross_usd", MONEY, "Arrivals that stay at purity 1", unit="USD"))
import_usd = declare(Field("import_usd", MONEY, "Imports", unit="USD"))
export_usd = declare(Field("export_usd", MONEY, "Exports", unit="USD"))
# Growth
value = declare(Field("value", AMOUNT, "Value of the series in the month", unit="unit of the row"))
rolling_3 = declare(Field("rolling_3", AMOUNT, "Sum of three months, NULL unless all are present", unit="unit of the row"))
rolling_12 = declare(Field("rolling_12", AMOUNT, "Sum of twelve months, NULL unless all are present", unit="unit of the row"))
base_value = declare(Field("base_value", AMOUNT, "Value twelve months before", unit="unit of the row"))
yoy = declare(Field("yoy", REAL, "Growth on the same month of the year before", unit="ratio"))
yoy_jan_feb = declare(
    Field("yoy_jan_feb", REAL, "Growth of January and February together, given in both months (Lunar New Year)", unit="ratio")
)
dlog_12 = declare(Field("dlog_12", REAL, "Log difference to the same month of the year before", unit="log points"))
dhs = declare(Field("dhs", REAL, "Symmetric growth 2(v1-v0)/(v1+v0)", unit="ratio", minimum=-2, maximum=2))
index_100 = declare(Field("index_100", REAL, "Index, mean of the base year = 100", unit="index"))
index_base_year = declare(Field("index_base_year", WHOLE, "Base year of the index: first full year of the series"))
seasonal_factor = declare(Field("seasonal_factor", REAL, "Multiplicative seasonal factor", unit="ratio", minimum=0))
adjusted = declare(Field("adjusted", REAL, "Seasonally adjusted value", unit="unit of the row"))
adjustment = declare(Field("adjustment", TEXT, "How the series was adjusted", allowed=("ratio_to_moving_average", "stl_log")))
is_lunar_new_year_reporter = declare(
    Field("is_lunar_new_year_reporter", FLAG, "True when January and February must be read together")
)
# Coverage
coverage_share = declare(
    Field(
        "coverage_share", REAL, "Share of base-period trade whose reporters filed this period", unit="share", minimum=0, maximum=1
    )
)
n_reporters_expected = declare(Field("n_reporters_expected", WHOLE, "Reporters of the base period", unit="reporters", minimum=0))
n_reporters_filed = declare(
    Field("n_reporters_filed", WHOLE, "Reporters of the base period that filed", unit="reporters", minimum=0)
)
missing_reporters = declare(Field("missing_reporters", TEXT, "Largest reporters that did not file, separated by ;"))
base_start = declare(Field("base_start", DAY, "First day of the base period"))
base_end = declare(Field("base_end", DAY, "Last day of the base period"))
is_headline_allowed = declare(Field("is_headline_allowed", FLAG, "False below 0.8 coverage: the total must not be a headline"))
# Events
dose = declare(
    Field("dose", REAL, "Share of the month's days on which the rule was in force", unit="share", minimum=0, maximum=1)
)
month_role = declare(
    Field(
        "month_role",
        TEXT,
        "Place of the month around the event; every month has exactly one",
        allowed=("pre", "anticipation", "partial", "post", "excluded"),
    )
)
months_from_event = declare(Field("months_from_event", WHOLE, "Months from the event month, negative before", unit="months"))
pair_role = declare(
    Field(
        "pair_role",
        TEXT,
        "exposed = the rule governs goods and lane; control = goods only; context = a decisive rule and other goods",
        allowed=("exposed", "control", "context"),
    )
)
pre_mean = declare(Field("pre_mean", REAL, "Mean of the clean months -12 to -1", unit="unit of the row"))
post_mean = declare(Field("post_mean", REAL, "Mean of the clean months +1 to +6", unit="unit of the row"))
n_pre = declare(Field("n_pre", WHOLE, "Clean months before", unit="months", minimum=0, maximum=12))
n_post = declare(Field("n_post", WHOLE, "Clean months after", unit="months", minimum=0, maximum=6))
change_ratio = declare(Field("change_ratio", REAL, "post_mean / pre_mean - 1", unit="ratio"))
change_log = declare(Field("change_log", REAL, "ln(post_mean / pre_mean)", unit="log points"))
change_dhs = declare(Field("change_dhs", REAL, "Symmetric change, for series with zeros", unit="ratio", minimum=-2, maximum=2))
matched_change_ratio = declare(
    Field("matched_change_ratio", REAL, "Change against the same months of the year before, where 24 months exist", unit="ratio")
)
n_overlapping_rules = declare(
    Field(
        "n_overlapping_rules", WHOLE, "Other graded rules on the same goods and partners that bite inside the window", minimum=0
    )
)
overlapping_rule_ids = declare(Field("overlapping_rule_ids", TEXT, "Those rules, separated by ;"))
is_separately_identified = declare(
    Field("is_separately_identified", FLAG, "False when another rule bites inside the post window or too few clean months remain")
)
# Compute
h100e = declare(Field("h100e", AMOUNT, "H100-equivalents per chip: TPP / 15,832", unit="H100-equivalents per chip", minimum=0))
h100e_bf16 = declare(Field("h100e_bf16", AMOUNT, "Dense 16-bit rate / 989.5", unit="H100-equivalents per chip", minimum=0))
h100e_int8 = declare(Field("h100e_int8", AMOUNT, "Dense 8-bit rate / 1,979", unit="H100-equivalents per chip", minimum=0))
bandwidth_h100 = declare(
    Field("bandwidth_h100", AMOUNT, "Memory bandwidth / 3.35 TB/s", unit="H100 bandwidths per chip", minimum=0)
)
effective_alpha_0 = declare(Field("effective_alpha_0", REAL, "Effective unit, bandwidth alone", unit="H100 per chip", minimum=0))
effective_alpha_05 = declare(Field("effective_alpha_05", REAL, "Effective unit, geometric mean", unit="H100 per chip", minimum=0))
effective_alpha_1 = declare(Field("effective_alpha_1", REAL, "Effective unit, compute alone", unit="H100 per chip", minimum=0))
distribution = declare(
    Field(
        "distribution",
        TEXT,
        "Distribution given to the claim, METHODS C2",
        allowed=("lognormal", "uniform", "two_piece_lognormal", "pareto", "log_uniform", "stated_percentiles", "none"),
    )
)
distribution_flag = declare(
    Field(
        "distribution_flag",
        TEXT,
        "What was assumed: assumed_90, floor_only, ceiling_only, grade_spread, stated, none",
        allowed=("assumed_90", "floor_only", "ceiling_only", "grade_spread", "stated", "none"),
    )
)
claim_p05 = declare(Field("claim_p05", REAL, "5th percentile of the claim's distribution", unit="unit of the row"))
claim_p50 = declare(
    Field("claim_p50", REAL, "Median of the claim's distribution; prior-driven where floor_only", unit="unit of the row")
)
claim_p95 = declare(Field("claim_p95", REAL, "95th percentile of the claim's distribution", unit="unit of the row"))
claim_floor = declare(Field("claim_floor", REAL, "The floor itself, always shown beside the median", unit="unit of the row"))
claim_p50_at_125 = declare(
    Field("claim_p50_at_125", REAL, "Median of a floor claim if the median were 1.25 times the floor", unit="unit of the row")
)
claim_p95_at_125 = declare(
    Field("claim_p95_at_125", REAL, "95th percentile if the median were 1.25 times the floor", unit="unit of the row")
)
claim_p50_at_200 = declare(
    Field("claim_p50_at_200", REAL, "Median of a floor claim if the median were twice the floor", unit="unit of the row")
)
claim_p95_at_200 = declare(
    Field("claim_p95_at_200", REAL, "95th percentile if the median were twice the floor", unit="unit of the row")
)
is_capped = declare(
    Field("is_capped", FLAG, "True when a prior caps the floor claim; without a cap its upper percentiles have no physical bound")
)
sigma_low = declare(Field("sigma_low", REAL, "Log standard deviation below the median", minimum=0))
sigma_high = declare(Field("sigma_high", REAL, "Log standard deviation above the median", minimum=0))
pareto_alpha = declare(Field("pareto_alpha", REAL, "Tail index of the Pareto distribution", minimum=0))
claim_cap = declare(
    Field("claim_cap", REAL, "Most that the quantity can be: vendor output times a plausible share", unit="unit of the row")
)
# Supply mix
unit_of_account = declare(
    Field(
        "unit_of_account",
        TEXT,
        "Unit of the amounts; the unit moves the answer; effective_05 = geometric mean of compute and bandwidth",
        allowed=UNITS,
    )
)
low_amount = declare(Field("low_amount", AMOUNT, "Lower end", unit="unit_of_account"))
central_amount = declare(Field("central_amount", AMOUNT, "Centre", unit="unit_of_account"))
high_amount = declare(Field("high_amount", AMOUNT, "Upper end", unit="unit_of_account"))
n_inputs = declare(Field("n_inputs", WHOLE, "Figures that enter the amount", unit="figures", minimum=0))
allocations = declare(Field("allocations", TEXT, "Ways in which published periods became this period, separated by ;"))
scope = declare(
    Field(
        "scope",
        TEXT,
        "Channels added: arrivals = legal, smuggled, domestic; with_offshore adds compute rented abroad",
        allowed=("arrivals", "with_offshore"),
    )
)
total_low = declare(Field("total_low", AMOUNT, "Sum of lower ends: worst case", unit="unit_of_account"))
total_central = declare(Field("total_central", AMOUNT, "Sum of centres", unit="unit_of_account"))
total_high = declare(Field("total_high", AMOUNT, "Sum of upper ends: worst case", unit="unit_of_account"))
total_rss_low = declare(
    Field("total_rss_low", REAL, "Lower end if channels err independently (root sum of squares)", unit="unit_of_account")
)
total_rss_high = declare(Field("total_rss_high", REAL, "Upper end if channels err independently", unit="unit_of_account"))
mix_share_low = declare(
    Field("mix_share_low", REAL, "Lowest share compatible with all bounds", unit="share", minimum=0, maximum=1)
)
mix_share = declare(Field("mix_share", REAL, "Share of the centres", unit="share", minimum=0, maximum=1))
mix_share_high = declare(
    Field("mix_share_high", REAL, "Highest share compatible with all bounds", unit="share", minimum=0, maximum=1)
)
mix_state = declare(
    Field("mix_state", TEXT, "incomplete = a channel has no figure, so no share is given", allowed=("complete", "incomplete"))
)
missing_channels = declare(Field("missing_channels", TEXT, "Channels without a figure, separated by ;"))
figure_table = declare(Field("figure_table", TEXT, "Table that the figure stands in"))
figure_value = declare(Field("figure_value", AMOUNT, "Value of the figure", unit="unit of its row"))
# Premium
reference_usd = declare(
    Field("reference_usd", MONEY, "Price a legal buyer elsewhere pays for the like item", unit="USD per item")
)
reference_price_id = declare(Field("reference_price_id", TEXT, "Price row used as the reference"))
street_usd = declare(Field("street_usd", MONEY, "Price on the Chinese street", unit="USD per item"))
premium_low = declare(Field("premium_low", REAL, "Lowest premium", unit="ratio", minimum=-1))
premium = declare(Field("premium", REAL, "Price over the reference, minus one", unit="ratio", minimum=-1))
premium_high = declare(Field("premium_high", REAL, "Highest premium", unit="ratio", minimum=-1))
premium_basis = declare(
    Field(
        "premium_basis",
        TEXT,
        "stated by the source, or computed against a reference price of the same item and time",
        allowed=("stated", "computed"),
    )
)
street_usd_per_chip = declare(Field("street_usd_per_chip", MONEY, "Street price per accelerator", unit="USD per chip"))
street_usd_per_h100e = declare(
    Field("street_usd_per_h100e", MONEY, "Street price per H100-equivalent", unit="USD per H100-equivalent")
)
street_usd_per_bandwidth = declare(
    Field("street_usd_per_bandwidth", MONEY, "Street price per H100 of memory bandwidth", unit="USD per H100 bandwidth")
)
sales_usd = declare(Field("sales_usd", MONEY, "Claimed sales to which the premium applies", unit="USD"))
rent_usd = declare(Field("rent_usd", MONEY, "Premium rent: sales x premium / (1 + premium)", unit="USD"))
fx_rate = declare(Field("fx_rate", AMOUNT, "Yuan per dollar used for the quote", unit="CNY per USD", minimum=0))
premium_net_low = declare(
    Field("premium_net_low", REAL, "Lowest premium after the highest freight and trader's margin", unit="ratio", minimum=-1)
)
premium_net = declare(
    Field("premium_net", REAL, "Premium over the reference plus freight and a trader's margin", unit="ratio", minimum=-1)
)
premium_net_high = declare(
    Field("premium_net_high", REAL, "Highest premium after the lowest freight and margin", unit="ratio", minimum=-1)
)
rent_low_usd = declare(Field("rent_low_usd", MONEY, "Premium rent at the lowest premium", unit="USD"))
rent_high_usd = declare(Field("rent_high_usd", MONEY, "Premium rent at the highest premium", unit="USD"))
is_same_system = declare(Field("is_same_system", FLAG, "True when both prices are of the same item, not a server against chips"))
is_same_price_basis = declare(
    Field("is_same_price_basis", FLAG, "True when both are offers, or both contracts; an ask overstates what is paid")
)
is_contemporaneous = declare(Field("is_contemporaneous", FLAG, "True within 92 days, or within the year of a yearly price sheet"))
is_like_for_like = declare(Field("is_like_for_like", FLAG, "True when system, kind of price and time all agree"))
like_for_like_reason = declare(Field("like_for_like_reason", TEXT, "What agrees, or what does not, separated by ;"))
repeats_price_id = declare(Field("repeats_price_id", TEXT, "Earlier row that tells the same quote: count the quote once"))
benchmark_price_id = declare(Field("benchmark_price_id", TEXT, "Price of an H100 elsewhere that the effective premiums use"))
premium_per_h100e = declare(
    Field(
        "premium_per_h100e", REAL, "Street price per H100-equivalent over an H100 elsewhere, minus one", unit="ratio", minimum=-1
    )
)
premium_per_bandwidth = declare(
    Field(
        "premium_per_bandwidth",
        REAL,
        "Street price per H100 bandwidth over an H100 elsewhere, minus one",
        unit="ratio",
        minimum=-1,
    )
)
shadow_value_usd = declare(
    Field(
        "shadow_value_usd", MONEY, "Street less reference price: most that one more licensed chip is worth", unit="USD per chip"
    )
)
# Consistency
claim_a_id = declare(Field("claim_a_id", TEXT, "First claim"))
claim_b_id = declare(Field("claim_b_id", TEXT, "Second claim"))
per_quarter_a = declare(
    Field("per_quarter_a", REAL, "First claim per quarter in the common unit", unit="unit_of_account per quarter")
)
per_quarter_b = declare(
    Field("per_quarter_b", REAL, "Second claim per quarter in the common unit", unit="unit_of_account per quarter")
)
per_quarter_low = declare(Field("per_quarter_low", REAL, "5th percentile per quarter", unit="unit_of_account per quarter"))
per_quarter = declare(
    Field(
        "per_quarter", REAL, "Median per quarter; the floor itself where the claim is a floor", unit="unit_of_account per quarter"
    )
)
per_quarter_high = declare(Field("per_quarter_high", REAL, "95th percentile per quarter", unit="unit_of_account per quarter"))
claim_ratio = declare(Field("claim_ratio", REAL, "First over second", unit="ratio", minimum=0))
interval_overlap = declare(
    Field(
        "interval_overlap",
        REAL,
        "Common part of the two 5-95 intervals over their union, in logs",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
overlap_coefficient = declare(
    Field(
        "overlap_coefficient",
        REAL,
        "Overlap of the two distributions: integral of the smaller density; prior-driven where a claim is a floor",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
claim_subject = declare(Field("claim_subject", TEXT, "What the claim is about; only claims about one subject are compared"))
measure_kind = declare(
    Field("measure_kind", TEXT, "What was measured of it: flow, forecast, pathway, production, production_capacity, shipments")
)
per_quarter_p50 = declare(
    Field("per_quarter_p50", REAL, "Median per quarter, also where the claim is a floor", unit="unit_of_account per quarter")
)
days_common = declare(Field("days_common", WHOLE, "Days that both periods share", unit="days", minimum=0))
is_same_quantity = declare(
    Field("is_same_quantity", FLAG, "True when both measure the same of the same: forecasts, capacities or single models differ")
)
is_same_period = declare(Field("is_same_period", FLAG, "True when the periods share at least nine tenths of the longer one"))
matrix_row = declare(Field("matrix_row", WHOLE, "Row of the claim in the matrix of its subject and unit", minimum=1))
matrix_column = declare(Field("matrix_column", WHOLE, "Column of the other claim in that matrix", minimum=1))
other_claim_id = declare(Field("other_claim_id", TEXT, "Claim that it is compared with"))
days_a = declare(Field("days_a", WHOLE, "Days of the first claim's period", unit="days", minimum=1))
days_b = declare(Field("days_b", WHOLE, "Days of the second claim's period", unit="days", minimum=1))
n_days = declare(Field("n_days", WHOLE, "Days of the claim's period", unit="days", minimum=1))
conversion = declare(Field("conversion", TEXT, "How the claim was brought to the unit"))
has_user_claim = declare(Field("has_user_claim", FLAG, "True when a claim of the user's own file is in the pair"))
is_same_group = declare(
    Field("is_same_group", FLAG, "True when both rest on one piece of evidence: agreement is no confirmation")
)
# Reports
statement_id = declare(Field("statement_id", TEXT, "Key of a summary statement"))
statement = declare(Field("statement", TEXT, "One finding in plain words, with its numbers"))
statement_value = declare(Field("statement_value", REAL, "Number of the statement", unit="statement_unit"))
statement_low = declare(Field("statement_low", REAL, "Lower end of the statement's number", unit="statement_unit"))
statement_high = declare(Field("statement_high", REAL, "Upper end of the statement's number", unit="statement_unit"))
statement_unit = declare(Field("statement_unit", TEXT, "Unit of the statement's number"))
section = declare(Field("section", TEXT, "Question that the statement answers"))
position = declare(Field("position", WHOLE, "Order within the summary", minimum=1))
lineage = declare(Field("lineage", TEXT, "Warehouse table and key that the statement is read from"))
