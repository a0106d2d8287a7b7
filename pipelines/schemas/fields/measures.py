"""Columns of the measures on reports: unit values, prices, concentration, network, vintages, areas not specified."""

from pipelines.schemas.field import AMOUNT, DAY, FLAG, MONEY, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

# Unit values
quantity_basis = declare(
    Field("quantity_basis", TEXT, "Unit of the goods: kg for weight, else the supplementary unit as filed; never mixed")
)
unit_quantity = declare(Field("unit_quantity", AMOUNT, "Quantity in that unit", unit="quantity_basis", minimum=0))
unit_value_usd = declare(Field("unit_value_usd", REAL, "Value over quantity", unit="USD per quantity_basis", minimum=0))
median_unit_value_usd = declare(
    Field(
        "median_unit_value_usd",
        REAL,
        "Median unit value of code, flow and reporter over all partners and 24 months, this one the last",
        unit="USD per quantity_basis",
        minimum=0,
    )
)
log_spread = declare(
    Field("log_spread", REAL, "Median absolute deviation of ln unit value in that window", unit="log points", minimum=0)
)
robust_z = declare(
    Field(
        "robust_z", REAL, "Distance of ln unit value from its median, in robust standard deviations", unit="standard deviations"
    )
)
n_window = declare(Field("n_window", WHOLE, "Positive unit values in the window", unit="cells", minimum=0))
outlier_rule = declare(
    Field(
        "outlier_rule",
        TEXT,
        "Scale of the flag: mad; iqr where the MAD is 0; ratio (half as much again) where both are; too_few = below 8 cells",
        allowed=("mad", "iqr", "ratio", "too_few"),
    )
)
is_unit_value_flagged = declare(
    Field("is_unit_value_flagged", FLAG, "True when the unit value is absurd, so that the quantity is taken to be wrong")
)
imputed_quantity = declare(
    Field("imputed_quantity", AMOUNT, "Value over the median unit value, in place of a flagged quantity", unit="quantity_basis")
)
# Price and volume
price_series_kind = declare(
    Field(
        "price_series_kind",
        TEXT,
        "cell = one code and partner; stage_lane = codes of a stage with one partner; stage_reporter = with all partners",
        allowed=("cell", "stage_lane", "stage_reporter"),
    )
)
price_series_code = declare(Field("price_series_code", TEXT, "HS code of a cell, else the stage"))
row_selection = declare(
    Field(
        "row_selection",
        TEXT,
        "Rows that enter: all, or only those whose unit value is not flagged in either period",
        allowed=("all_rows", "without_flagged"),
    )
)
price_method = declare(
    Field(
        "price_method",
        TEXT,
        "Price measure: the unit value of a cell, or an index over matched codes and partners of a stage",
        allowed=("unit_value", "tornqvist", "fisher"),
    )
)
price_base_start = declare(Field("price_base_start", DAY, "First day of the same period a year before"))
n_varieties = declare(
    Field("n_varieties", WHOLE, "Pairs of code and partner with a unit value in both periods", unit="pairs", minimum=0)
)
matched_share = declare(
    Field(
        "matched_share",
        REAL,
        "Share of the series' positive value in the period that these pairs hold",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
dlog_value = declare(
    Field("dlog_value", REAL, "ln of value over value a year before: price part plus volume part", unit="log points")
)
dlog_price = declare(Field("dlog_price", REAL, "Part of it that is price (unit value)", unit="log points"))
dlog_volume = declare(Field("dlog_volume", REAL, "Part of it that is volume (quantity)", unit="log points"))
value_change = declare(Field("value_change", REAL, "Value over value a year before, minus one", unit="ratio", minimum=-1))
price_change = declare(Field("price_change", REAL, "Price over price a year before, minus one", unit="ratio", minimum=-1))
volume_change = declare(Field("volume_change", REAL, "Volume over volume a year before, minus one", unit="ratio", minimum=-1))
# Concentration
partner_total_usd = declare(Field("partner_total_usd", MONEY, "Sum over partners with a positive value", unit="USD", minimum=0))
n_partners = declare(Field("n_partners", WHOLE, "Partners with a positive value", unit="partners", minimum=0))
n_residual_partners = declare(
    Field("n_residual_partners", WHOLE, "Of these, residual partners (not elsewhere specified)", unit="partners", minimum=0)
)
n_negative = declare(
    Field(
        "n_negative", WHOLE, "Partners with a negative value (a correction), left out of the shares", unit="partners", minimum=0
    )
)
hhi_low = declare(
    Field("hhi_low", REAL, "Herfindahl index, residual partners spread thinly over many", unit="index", minimum=0, maximum=1)
)
hhi = declare(
    Field("hhi", REAL, "Herfindahl index over partners as filed: sum of squared shares", unit="index", minimum=0, maximum=1)
)
hhi_high = declare(
    Field("hhi_high", REAL, "Herfindahl index, all residual partners together as one", unit="index", minimum=0, maximum=1)
)
hhi_10000 = declare(Field("hhi_10000", REAL, "Herfindahl index times 10,000", unit="points", minimum=0, maximum=10_000))
effective_partners = declare(
    Field(
        "effective_partners", REAL, "Equally large partners that would give the same index: 1 / HHI", unit="partners", minimum=1
    )
)
hhi_normalised = declare(
    Field("hhi_normalised", REAL, "(HHI - 1/n) / (1 - 1/n): 0 for equal partners", unit="index", minimum=0, maximum=1)
)
world_covered_ratio = declare(
    Field("world_covered_ratio", REAL, "Sum over the loaded partners over the reporter's trade with the world", unit="ratio")
)
# Network
flow_basis = declare(
    Field(
        "flow_basis",
        TEXT,
        "Whose report makes the network: exporters' reports, importers' reports, or the reconciled flow",
        allowed=("exporter_report", "importer_report", "reconciled"),
    )
)
inflow_usd = declare(Field("inflow_usd", MONEY, "What comes in from the countries of the network", unit="USD", minimum=0))
outflow_usd = declare(Field("outflow_usd", MONEY, "What goes out to the countries of the network", unit="USD", minimum=0))
n_in = declare(Field("n_in", WHOLE, "Countries that it comes from", unit="countries", minimum=0))
n_out = declare(Field("n_out", WHOLE, "Countries that it goes to", unit="countries", minimum=0))
n_countries = declare(Field("n_countries", WHOLE, "Countries of the network with any flow", unit="countries", minimum=0))
transit_balance = declare(
    Field(
        "transit_balance",
        REAL,
        "2 min(in, out) / (in + out): 1 where as much leaves as arrives; descriptive, never an accusation",
        unit="ratio",
        minimum=0,
        maximum=1,
    )
)
transit_reason = declare(Field("transit_reason", TEXT, "Why there is no transit balance: which side nobody filed"))
pagerank = declare(
    Field(
        "pagerank",
        REAL,
        "PageRank, damping 0.85, over each country's outflows as shares; adds up to 1 over the network",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
reading = declare(Field("reading", TEXT, "What the figure may be read as, and what not"))
# Vintages
release_number = declare(Field("release_number", WHOLE, "Place of the release among those of the cell, first = 1", minimum=1))
known_from = declare(Field("known_from", DAY, "First day on which this was the latest known figure"))
known_until = declare(Field("known_until", DAY, "Day of the next release: the figure is the latest known before that day"))
known_from_basis = declare(
    Field(
        "known_from_basis",
        TEXT,
        "What known_from rests on; retrieved = no day of publication is known for this release, so retrieval bounds it",
        allowed=("published", "retrieved"),
    )
)
vintage_state = declare(
    Field(
        "vintage_state",
        TEXT,
        "reported; no_value, see absence_reason; withdrawn = an earlier release holds the cell and this one does not",
        allowed=("reported", "no_value", "withdrawn"),
    )
)
is_latest_release = declare(Field("is_latest_release", FLAG, "True on the latest release of the cell known at as_of"))
first_usd = declare(Field("first_usd", MONEY, "Value of the first release", unit="USD"))
latest_usd = declare(Field("latest_usd", MONEY, "Value of the latest release known at as_of", unit="USD"))
revision = declare(Field("revision", REAL, "This release (the latest, per cell) over the first, minus one", unit="ratio"))
n_releases = declare(Field("n_releases", WHOLE, "Releases of the cell", unit="releases", minimum=1))
maturity_month = declare(
    Field("maturity_month", WHOLE, "Calendar months after the last month of the period; knowledge at their end", unit="months")
)
first_maturity_month = declare(
    Field(
        "first_maturity_month",
        WHOLE,
        "The same for the day on which the first value was published or, where its first vintage is lost, retrieved",
        unit="months",
    )
)
n_revision_cells = declare(Field("n_revision_cells", WHOLE, "Cells behind the figure", unit="cells", minimum=0))
mean_revision = declare(
    Field(
        "mean_revision",
        REAL,
        "Mean of what is still revised after that age: latest over value known then, minus one",
        unit="ratio",
    )
)
mean_absolute_revision = declare(
    Field("mean_absolute_revision", REAL, "Mean of the same without its sign", unit="ratio", minimum=0)
)
revised_share = declare(
    Field("revised_share", REAL, "Share of cells still revised by more than 5 %", unit="share", minimum=0, maximum=1)
)
nowcast_low = declare(
    Field("nowcast_low", REAL, "5th percentile of what is still revised, for a month of this age", unit="ratio")
)
nowcast_high = declare(
    Field("nowcast_high", REAL, "95th percentile of what is still revised, for a month of this age", unit="ratio")
)
# Areas not elsewhere specified
nes_role = declare(
    Field(
        "nes_role",
        TEXT,
        "named by the exporter; never_named = only the importer reports; unspecified = no country given; not_listed = the rest "
        "that a file does not list; regional = a group of countries, left alone",
        allowed=("named", "never_named", "unspecified", "not_listed", "regional"),
    )
)
nes_exporter_usd = declare(Field("nes_exporter_usd", MONEY, "Exporter's report without reallocation", unit="USD"))
nes_importer_usd = declare(Field("nes_importer_usd", MONEY, "Importer's report as valued", unit="USD"))
nes_shortfall_usd = declare(
    Field("nes_shortfall_usd", MONEY, "Importer's report above the exporter's, where it is", unit="USD", minimum=0)
)
nes_moved_usd = declare(
    Field(
        "nes_moved_usd",
        MONEY,
        "Moved to a named partner; on a row without a country, what is left over after that",
        unit="USD",
        minimum=0,
    )
)
nes_adjusted_usd = declare(Field("nes_adjusted_usd", MONEY, "Exporter's report with reallocation", unit="USD"))
is_nes_changed = declare(Field("is_nes_changed", FLAG, "True when the reallocation changed the row"))
is_importer_cif = declare(
    Field("is_importer_cif", FLAG, "True when the importer's report holds freight and insurance, which are not taken off here")
)
nes_before_usd = declare(
    Field("nes_before_usd", MONEY, "Exports without a country, as filed (unspecified and not listed)", unit="USD")
)
nes_named_usd = declare(
    Field("nes_named_usd", MONEY, "Of these, moved to partners that the exporter names", unit="USD", minimum=0)
)
nes_never_named_usd = declare(
    Field("nes_never_named_usd", MONEY, "Imports that partners report which the exporter never names", unit="USD")
)
nes_after_usd = declare(Field("nes_after_usd", MONEY, "Exports without a country that remain", unit="USD", minimum=0))
n_importers = declare(Field("n_importers", WHOLE, "Importers' reports behind the row", unit="reports", minimum=0))
