"""Columns of the hub metrics: throughput, retained imports, excess flow, diversion, lost in transit, origin bounds."""

from pipelines.schemas.field import FLAG, MONEY, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare
from pipelines.schemas.fields.common import COUNTRY

goods_id = declare(
    Field(
        "goods_id",
        TEXT,
        "HS code, or ai_accelerator for chips, cards, units and servers added (a hub may turn one into the other)",
        pattern=r"^(\d{4}|\d{6}|ai_accelerator)$",
    )
)
target_iso3 = declare(Field("target_iso3", TEXT, "Destination under the rule, or WLD for all destinations", pattern=COUNTRY))
onward_basis = declare(
    Field("onward_basis", TEXT, "Which report of the hub stands for goods sent on", allowed=("reexports", "exports"))
)
throughput_low = declare(Field("throughput_low", REAL, "Throughput at the lowest freight rate", unit="ratio", minimum=0))
throughput = declare(Field("throughput", REAL, "Value sent on over value that arrived, both FOB", unit="ratio", minimum=0))
throughput_high = declare(Field("throughput_high", REAL, "Throughput at the highest freight rate", unit="ratio", minimum=0))
relative_throughput = declare(
    Field(
        "relative_throughput", REAL, "Throughput over the median of all hubs with one (at least three)", unit="ratio", minimum=0
    )
)
n_peers = declare(Field("n_peers", WHOLE, "Hubs with a throughput of the same goods and window", unit="hubs", minimum=0))
is_own_output_included = declare(
    Field(
        "is_own_output_included",
        FLAG,
        "True when exports of a country that also makes such goods stand for goods sent on: a throughput above 1 means nothing",
    )
)
retained_low_usd = declare(Field("retained_low_usd", MONEY, "Imports that stay, at the lowest margin of the hub", unit="USD"))
retained_usd = declare(Field("retained_usd", MONEY, "Imports minus re-exports without the hub's margin", unit="USD"))
retained_high_usd = declare(Field("retained_high_usd", MONEY, "Imports that stay, at the highest margin of the hub", unit="USD"))
is_over_reexport = declare(
    Field("is_over_reexport", FLAG, "True when more is re-exported than arrived: stocks, codes or misreporting")
)
is_hub = declare(Field("is_hub", FLAG, "True when the country is in the table of hubs"))
# Pass-through
regression = declare(
    Field(
        "regression",
        TEXT,
        "Regression of goods sent on, on arrivals: 12-month differences with lags 0 to 3 (headline), or levels with one lag "
        "(spurious where both trend)",
        allowed=("difference_12_lags_0_3", "level_lag_1"),
    )
)
pass_through_low = declare(Field("pass_through_low", REAL, "Lower end of the 90 % interval, HAC errors", unit="ratio"))
pass_through = declare(Field("pass_through", REAL, "Sum of the coefficients on arrivals", unit="ratio"))
pass_through_high = declare(Field("pass_through_high", REAL, "Upper end of the 90 % interval, HAC errors", unit="ratio"))
intercept_usd = declare(Field("intercept_usd", REAL, "Intercept of the regression", unit="USD a month"))
n_months_used = declare(Field("n_months_used", WHOLE, "Months in the regression", unit="months", minimum=0))
# Excess and diversion
destination_role = declare(
    Field(
        "destination_role",
        TEXT,
        "hub and target by the tables of hubs and countries; placebo = any other country, used for the band",
        allowed=("hub", "target", "placebo"),
    )
)
base_usd = declare(Field("base_usd", MONEY, "Exports to the destination in the base window", unit="USD"))
rest_base_usd = declare(Field("rest_base_usd", MONEY, "Exports to the rest of the world in the base window", unit="USD"))
rest_actual_usd = declare(Field("rest_actual_usd", MONEY, "Exports to the rest of the world after the rule", unit="USD"))
n_rest = declare(Field("n_rest", WHOLE, "Destinations in the rest with both windows", unit="destinations", minimum=0))
actual_usd = declare(Field("actual_usd", MONEY, "Exports to the destination after the rule", unit="USD"))
counterfactual_usd = declare(
    Field("counterfactual_usd", MONEY, "Exports to the destination had they grown like those to the rest", unit="USD")
)
excess_low_usd = declare(Field("excess_low_usd", MONEY, "Excess at the upper end of the placebo band", unit="USD"))
excess_usd = declare(Field("excess_usd", MONEY, "Actual minus counterfactual exports", unit="USD"))
excess_high_usd = declare(Field("excess_high_usd", MONEY, "Excess at the lower end of the placebo band", unit="USD"))
positive_excess_usd = declare(Field("positive_excess_usd", MONEY, "Excess cut off at zero", unit="USD", minimum=0))
excess_ratio = declare(Field("excess_ratio", REAL, "Actual over counterfactual exports", unit="ratio"))
rest_world_share = declare(
    Field("rest_world_share", REAL, "Rest of the world over the exporter's World, both in the base window", unit="share")
)
ratio_absence_reason = declare(
    Field(
        "ratio_absence_reason",
        TEXT,
        "Why the ratio beside it is NULL; no_value = there is no amount either, see absence_reason",
        allowed=("no_value", "counterfactual_zero", "too_few_peers", "peer_median_zero", "nothing_sent_on"),
    )
)
band_low_ratio = declare(
    Field(
        "band_low_ratio", REAL, "Lower end of the placebo destinations' ratios, 90 % of new draws inside", unit="ratio", minimum=0
    )
)
band_high_ratio = declare(
    Field("band_high_ratio", REAL, "Upper end of the placebo destinations' ratios", unit="ratio", minimum=0)
)
is_outside_band = declare(Field("is_outside_band", FLAG, "True when the ratio lies outside the placebo band"))
n_placebos = declare(
    Field(
        "n_placebos",
        WHOLE,
        "Placebo destinations with at least 10,000 USD and a ten-thousandth of base exports",
        unit="destinations",
        minimum=0,
    )
)
band_absence_reason = declare(Field("band_absence_reason", TEXT, "Why an end of the interval is NULL"))
shortfall_low_usd = declare(Field("shortfall_low_usd", MONEY, "Shortfall at the lower end of the placebo band", unit="USD"))
shortfall_usd = declare(Field("shortfall_usd", MONEY, "Counterfactual minus actual exports to the target", unit="USD"))
shortfall_high_usd = declare(Field("shortfall_high_usd", MONEY, "Shortfall at the upper end of the placebo band", unit="USD"))
offset_low = declare(Field("offset_low", REAL, "Lowest offset compatible with the placebo bands", unit="ratio"))
offset_index = declare(
    Field("offset_index", REAL, "Excess of all hubs over the shortfall of direct exports; may exceed 1", unit="ratio")
)
offset_high = declare(Field("offset_high", REAL, "Highest offset compatible with the placebo bands", unit="ratio"))
lost_share_low = declare(
    Field("lost_share_low", REAL, "Share lost at the lowest freight rate, of the least due", unit="share", minimum=0, maximum=1)
)
lost_share = declare(
    Field(
        "lost_share", REAL, "Share of goods declared for the hub that the hub does not record", unit="share", minimum=0, maximum=1
    )
)
lost_share_high = declare(
    Field("lost_share_high", REAL, "Share lost at the highest freight rate, of the most due", unit="share", minimum=0, maximum=1)
)
# Origin bounds
sent_on_usd = declare(Field("sent_on_usd", MONEY, "What the hub sends on to the destination", unit="USD"))
arrived_usd = declare(Field("arrived_usd", MONEY, "What arrived at the hub from the origin, as the hub values it", unit="USD"))
arrived_other_usd = declare(
    Field("arrived_other_usd", MONEY, "What arrived at the hub from elsewhere, as the hub values it", unit="USD")
)
origin_lower_usd = declare(Field("origin_lower_usd", MONEY, "Least that must have come from the origin", unit="USD", minimum=0))
origin_mix_usd = declare(
    Field("origin_mix_usd", MONEY, "What comes from the origin if the hub sends on a proportional mix", unit="USD")
)
origin_upper_usd = declare(Field("origin_upper_usd", MONEY, "Most that can have come from the origin", unit="USD"))
first_hub_iso3 = declare(Field("first_hub_iso3", TEXT, "Hub that sends to the second hub", pattern=COUNTRY))
second_hub_iso3 = declare(Field("second_hub_iso3", TEXT, "Hub that sends on to the destination", pattern=COUNTRY))
first_sent_usd = declare(Field("first_sent_usd", MONEY, "What the first hub sends to the second", unit="USD"))
missing_parts = declare(
    Field("missing_parts", TEXT, "Reports of the two hubs that are not loaded, separated by ;", pattern=r"^[a-z_]+(;[a-z_]+)*$")
)
bound_state = declare(
    Field(
        "bound_state",
        TEXT,
        "infeasible = more is sent on than can have arrived or been made: stocks, codes or misreporting",
        allowed=("feasible", "feasible_output_unknown", "infeasible", "missing"),
    )
)
