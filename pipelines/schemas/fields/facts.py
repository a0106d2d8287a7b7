"""Columns of the curated facts: rules, claims, chips, supply, prices, shares, headlines, published series."""

from pipelines.schemas.field import AMOUNT, DAY, FLAG, MONEY, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

IDS = r"^[A-Za-z0-9_.+-]+(;[A-Za-z0-9_.+-]+)*$"
HS6_LIST = r"^\d{6}(;\d{6})*$"

# Rules
jurisdiction = declare(Field("jurisdiction", TEXT, "Who made the rule: ISO 3166 alpha-3, or EUU", pattern=r"^[A-Z]{3}$"))
authority = declare(Field("authority", TEXT, "Office that acted"))
announced_date = declare(Field("announced_date", DAY, "Day of the announcement"))
public_inspection_date = declare(
    Field("public_inspection_date", DAY, "First day on display at the Office of the Federal Register")
)
published_date = declare(Field("published_date", DAY, "Day of print in the official journal; never the event date"))
effective_date = declare(Field("effective_date", DAY, "Day on which the rule took legal effect"))
compliance_or_expiry_date = declare(
    Field("compliance_or_expiry_date", DAY, "Delayed compliance day, or the day on which a licence or period runs out")
)
ended_date = declare(Field("ended_date", DAY, "Day on which the rule ended or was suspended"))
anticipation_date = declare(Field("anticipation_date", DAY, "Earliest credible public signal found"))
bite_date = declare(
    Field("bite_date", DAY, "First day on which the governed flow became unlawful or lawful: the event date for flows")
)
bite_basis = declare(
    Field(
        "bite_basis",
        TEXT,
        "What bite_date rests on",
        allowed=(
            "effective",
            "delayed_compliance",
            "letter_received",
            "licence_issued",
            "announcement",
            "never_took_effect",
            "no_goods_flow",
            "unknown",
        ),
    )
)
date_precision = declare(
    Field(
        "date_precision",
        TEXT,
        "How exact the date is",
        allowed=("day", "day_of_report", "month", "year", "announced_day;effective_quarter"),
    )
)
status_class = declare(
    Field(
        "status_class",
        TEXT,
        "Last known state of the rule",
        allowed=(
            "in_force",
            "suspended",
            "ended",
            "bill",
            "informal_or_case_by_case",
            "context",
            "unknown_after_2026-10",
            "announced",
        ),
    )
)
status = declare(Field("status", TEXT, "Last known state in words"))
action = declare(
    Field(
        "action",
        TEXT,
        "What the act does",
        allowed=("restrict", "announce", "relax", "tariff", "suspend", "enforce", "clarify"),
    )
)
direction = declare(
    Field("direction", TEXT, "What the rule does to the governed flow, not by how much", allowed=("tighten", "loosen", "neutral"))
)
importance = declare(
    Field("importance", WHOLE, "Weight of the rule for AI chips: 1 decisive, 2 relevant, 3 minor", minimum=1, maximum=3)
)
flow_side = declare(
    Field(
        "flow_side",
        TEXT,
        "Customs record that should move",
        allowed=(
            "export_control",
            "import_duty",
            "import_restriction",
            "import_probe",
            "bill",
            "firm_response",
            "none",
        ),
    )
)
instrument = declare(Field("instrument", TEXT, "Legal instrument or citation"))
fr_document_number = declare(Field("fr_document_number", TEXT, "Federal Register document number"))
eccns = declare(Field("eccns", TEXT, "Export control classification numbers touched, separated by ;"))
thresholds = declare(Field("thresholds", TEXT, "Technical thresholds of the rule"))
chips = declare(Field("chips", TEXT, "Chips named or caught, separated by ;"))
products = declare(Field("products", TEXT, "Product groups touched, separated by ;"))
destinations = declare(Field("destinations", TEXT, "Destinations touched: ISO codes or named groups, separated by ;"))
hs6_exposed = declare(
    Field("hs6_exposed", TEXT, "HS6 codes plausibly exposed (not the legal scope), separated by ;", pattern=HS6_LIST)
)
confound_clusters = declare(Field("confound_clusters", TEXT, "Windows shared with other rules, separated by ;"))
event_grade = declare(
    Field(
        "event_grade",
        TEXT,
        "Use as an event: A clean, B with a control group, C confounded, P placebo, N context",
        allowed=("A", "B", "C", "P", "N"),
    )
)
related_rule_ids = declare(Field("related_rule_ids", TEXT, "Rules that follow, replace or suspend this one", pattern=IDS))
source_urls = declare(Field("source_urls", TEXT, "Pages read, separated by ;"))
source_count = declare(Field("source_count", WHOLE, "Number of pages read", unit="pages", minimum=0))
source_tier = declare(
    Field(
        "source_tier",
        TEXT,
        "Best kind of page read",
        allowed=("official_text_or_mirror", "press_or_law_firm", "repo_quote_only", "none"),
    )
)
# Chip regimes
regime_id = declare(Field("regime_id", TEXT, "One interval of one chip on one side of the border"))
destination = declare(Field("destination", TEXT, "Destination country, ISO 3166 alpha-3", pattern=r"^[A-Z]{3}$"))
side = declare(Field("side", TEXT, "Whose control it is", allowed=("US_export", "CN_import", "TW_foundry")))
start_date = declare(Field("start_date", DAY, "First day of the interval"))
end_date = declare(Field("end_date", DAY, "Day on which the interval ended"))
regime = declare(Field("regime", TEXT, "What was required or happened in the interval"))
# Claims
claim_id = declare(Field("claim_id", TEXT, "One published estimate, case, quote or statement", pattern=r"^[a-z0-9-]+$"))
claim_origin = declare(
    Field(
        "claim_origin",
        TEXT,
        "Who brought the row: shipped with the program, or a user with `chipflows build --claims`",
        allowed=("shipped", "user"),
    )
)
claim_kind = declare(
    Field(
        "claim_kind",
        TEXT,
        "Kind of record",
        allowed=(
            "aggregate_estimate",
            "price_quote",
            "case_indictment",
            "demand_change",
            "compute_share",
            "case_seizure",
            "pathway_model",
        ),
    )
)
subkind = declare(Field("subkind", TEXT, "What the record really is (stock, floor, denial, rental price and so on)"))
is_known_at_approximate = declare(Field("is_known_at_approximate", FLAG, "True when the publication day is approximate"))
url2 = declare(Field("url2", TEXT, "Second page"))
measured = declare(Field("measured", TEXT, "What the figure measures"))
chip_models = declare(Field("chip_models", TEXT, "Chips that the figure covers, separated by ;"))
conversion_chip_id = declare(
    Field("conversion_chip_id", TEXT, "Chip used to convert the figure into other units", pattern=r"^[a-z0-9-]+$")
)
unit_basis = declare(Field("unit_basis", TEXT, "Part of the unit: accumulation, item, price basis"))
low = declare(Field("low", AMOUNT, "Lower figure as stated", unit="unit of the row"))
central = declare(Field("central", AMOUNT, "Central figure as stated", unit="unit of the row"))
high = declare(Field("high", AMOUNT, "Upper figure as stated", unit="unit of the row"))
stated_level = declare(
    Field("stated_level", REAL, "Coverage that the source states for its interval", unit="share", minimum=0, maximum=1)
)
original_currency = declare(Field("original_currency", TEXT, "Currency of the quote", pattern=r"^[A-Z]{3}$"))
original_low = declare(Field("original_low", AMOUNT, "Lower figure in the original currency", unit="original_currency"))
original_central = declare(Field("original_central", AMOUNT, "Central figure in the original currency", unit="original_currency"))
original_high = declare(Field("original_high", AMOUNT, "Upper figure in the original currency", unit="original_currency"))
fx_cny_per_usd = declare(Field("fx_cny_per_usd", AMOUNT, "Rate used for the dollar figure", unit="CNY per USD", minimum=0))
fx_basis = declare(Field("fx_basis", TEXT, "Who set the rate", allowed=("source", "assumed")))
route_iso3 = declare(Field("route_iso3", TEXT, "Transit countries named, separated by ;"))
destination_iso3 = declare(Field("destination_iso3", TEXT, "Destination, ISO 3166 alpha-3", pattern=r"^[A-Z]{3}$"))
method = declare(Field("method", TEXT, "How the publisher got the figure"))
grade = declare(Field("grade", TEXT, "Strength of the evidence, A best", allowed=("A", "B", "C", "D", "E")))
grade_reason = declare(Field("grade_reason", TEXT, "Why this grade"))
overlaps_with = declare(Field("overlaps_with", TEXT, "Claims that cover part of the same thing; never add them", pattern=IDS))
independence_group = declare(Field("independence_group", TEXT, "Claims of one group rest on one piece of evidence"))
series_role = declare(Field("series_role", TEXT, "Whether the row may enter a sum; exclude rows must not"))
seen_via = declare(Field("seen_via", TEXT, "How the figure was read"))
locator = declare(Field("locator", TEXT, "Where in the source the figure stands"))
# Smuggled series (compiled)
backbone_low_h100e = declare(Field("backbone_low_h100e", AMOUNT, "Backbone, lower", unit="H100-equivalents", minimum=0))
backbone_central_h100e = declare(Field("backbone_central_h100e", AMOUNT, "Backbone, central", unit="H100-equivalents", minimum=0))
backbone_high_h100e = declare(Field("backbone_high_h100e", AMOUNT, "Backbone, upper", unit="H100-equivalents", minimum=0))
envelope_low_h100e = declare(Field("envelope_low_h100e", AMOUNT, "Lowest published low", unit="H100-equivalents", minimum=0))
envelope_central_h100e = declare(Field("envelope_central_h100e", AMOUNT, "Envelope, central", unit="H100-equivalents", minimum=0))
envelope_high_h100e = declare(Field("envelope_high_h100e", AMOUNT, "Highest published high", unit="H100-equivalents", minimum=0))
basis_claim_ids = declare(Field("basis_claim_ids", TEXT, "Claims that the row is computed from", pattern=IDS))
# Chips
vendor_country = declare(Field("vendor_country", TEXT, "Country of the vendor, ISO 3166 alpha-3", pattern=r"^[A-Z]{3}$"))
announced_precision = declare(Field("announced_precision", TEXT, "How exact announced_date is", allowed=("day", "month", "year")))
process_node = declare(Field("process_node", TEXT, "Foundry process"))
die_area_mm2 = declare(Field("die_area_mm2", AMOUNT, "Area of the logic dies", unit="mm2", minimum=0))
dense_fp16_tflops = declare(Field("dense_fp16_tflops", AMOUNT, "Dense 16-bit rate", unit="TFLOPS", minimum=0))
dense_int8_tops = declare(Field("dense_int8_tops", AMOUNT, "Dense 8-bit rate", unit="TOPS", minimum=0))
dense_fp4_tflops = declare(Field("dense_fp4_tflops", AMOUNT, "Dense 4-bit rate", unit="TFLOPS", minimum=0))
memory_type = declare(Field("memory_type", TEXT, "Memory"))
memory_gb = declare(Field("memory_gb", AMOUNT, "Memory size", unit="GB", minimum=0))
memory_bandwidth_tbs = declare(Field("memory_bandwidth_tbs", AMOUNT, "Memory bandwidth", unit="TB/s", minimum=0, maximum=30))
interconnect_gbs = declare(Field("interconnect_gbs", AMOUNT, "Chip-to-chip bandwidth", unit="GB/s", minimum=0))
tdp_w = declare(Field("tdp_w", AMOUNT, "Thermal design power", unit="W", minimum=0))
tpp_input_op = declare(Field("tpp_input_op", TEXT, "Precisions that reach the maximum"))
tpp = declare(
    Field("tpp", AMOUNT, "Total processing performance: the largest of dense rate x bit length", unit="TOPS x bits", minimum=0)
)
performance_density = declare(Field("performance_density", AMOUNT, "TPP per mm2 of logic die", unit="TPP/mm2", minimum=0))
bis_2023_tier = declare(Field("bis_2023_tier", TEXT, "Tier under the October 2023 test, a yardstick for Chinese chips"))
jan2026_case_by_case = declare(Field("jan2026_case_by_case", TEXT, "Inside the January 2026 case-by-case window?"))
controlled_from_date = declare(Field("controlled_from_date", DAY, "First day of US control towards China"))
control_rule = declare(Field("control_rule", TEXT, "Rule or letter that controls it"))
is_china_specific = declare(Field("is_china_specific", FLAG, "True for parts made for the Chinese market, or by Chinese firms"))
# Supply, prices, shares
supply_id = declare(Field("supply_id", TEXT, "One published supply figure", pattern=r"^[A-Za-z0-9_-]+$"))
location = declare(Field("location", TEXT, "Where the goods went, as the source says"))
basis = declare(Field("basis", TEXT, "What the figure counts (billing location, headquarters, shipments, cumulative and so on)"))
measure = declare(Field("measure", TEXT, "Flow, stock, order, plan or charge; only revenue, shipments and production are supply"))
role = declare(Field("role", TEXT, "supply rows may be summed with care, context rows never", allowed=("supply", "context")))
fiscal_label = declare(Field("fiscal_label", TEXT, "Company fiscal period; never a calendar quarter"))
kind = declare(Field("kind", TEXT, "Who stands behind the figure: reported, analyst_estimate, guidance, official_statement"))
price_id = declare(Field("price_id", TEXT, "One price observation", pattern=r"^[A-Za-z0-9_-]+$"))
item = declare(Field("item", TEXT, "What is priced or counted"))
location_iso3 = declare(Field("location_iso3", TEXT, "Market of the quote, ISO 3166 alpha-3 or WLD", pattern=r"^[A-Z]{3}$"))
market = declare(Field("market", TEXT, "Market: list, legal, grey_market, lease, domestic"))
price_type = declare(Field("price_type", TEXT, "Ask, contract, list, estimate, rent; kept apart"))
quote_date = declare(Field("quote_date", DAY, "Day to which the price refers"))
usd_low = declare(Field("usd_low", MONEY, "Lower price", unit="USD per `per`", minimum=0))
usd = declare(Field("usd", MONEY, "Price", unit="USD per `per`", minimum=0))
usd_high = declare(Field("usd_high", MONEY, "Upper price", unit="USD per `per`", minimum=0))
cny_low = declare(Field("cny_low", MONEY, "Lower price in yuan", unit="CNY per `per`", minimum=0))
cny = declare(Field("cny", MONEY, "Price in yuan", unit="CNY per `per`", minimum=0))
cny_high = declare(Field("cny_high", MONEY, "Upper price in yuan", unit="CNY per `per`", minimum=0))
usd_per_chip = declare(Field("usd_per_chip", MONEY, "Price per accelerator", unit="USD per chip", minimum=0))
premium_ratio = declare(
    Field(
        "premium_ratio", REAL, "Price over the reference price, minus one (1.0 = twice the reference)", unit="ratio", minimum=-1
    )
)
per = declare(Field("per", TEXT, "What one payment buys"))
source = declare(Field("source", TEXT, "Originator of the figure"))
share_id = declare(Field("share_id", TEXT, "One market share statement", pattern=r"^[A-Za-z0-9_-]+$"))
market_definition = declare(
    Field("market_definition", TEXT, "Which market the share is of; shares of different markets never mix")
)
metric = declare(Field("metric", TEXT, "What the share is measured in"))
share_low = declare(Field("share_low", REAL, "Lower share", unit="share", minimum=0, maximum=1))
share_central = declare(Field("share_central", REAL, "Share", unit="share", minimum=0, maximum=1))
share_high = declare(Field("share_high", REAL, "Upper share", unit="share", minimum=0, maximum=1))
# Headlines and series
headline_id = declare(Field("headline_id", TEXT, "One printed China Customs figure", pattern=r"^[a-z0-9-]+$"))
reported_by = declare(Field("reported_by", TEXT, "Page that printed the figure"))
amount = declare(Field("amount", AMOUNT, "Figure as printed", unit="unit of the row", minimum=0))
yoy_ratio = declare(Field("yoy_ratio", REAL, "Growth on the year before as printed", unit="ratio", minimum=-1))
quality = declare(
    Field("quality", TEXT, "How the figure may be used", allowed=("exact", "coarse", "prior_year_base", "lower_bound"))
)
series_id = declare(Field("series_id", TEXT, "One series or one row of a published series"))
accumulation = declare(
    Field("accumulation", TEXT, "flow in the period, or cumulative since the start", allowed=("flow", "cumulative"))
)
p05 = declare(
    Field("p05", AMOUNT, "5th percentile; percentiles cannot be added or differenced", unit="unit of the row", minimum=0)
)
p50 = declare(Field("p50", AMOUNT, "Median or point", unit="unit of the row", minimum=0))
p95 = declare(
    Field("p95", AMOUNT, "95th percentile; percentiles cannot be added or differenced", unit="unit of the row", minimum=0)
)
is_incomplete = declare(Field("is_incomplete", FLAG, "True when the publisher marks the period incomplete"))
source_file = declare(Field("source_file", TEXT, "File that the figure was read from"))
is_derived_difference = declare(
    Field("is_derived_difference", FLAG, "True when the figure is our difference of published medians")
)
