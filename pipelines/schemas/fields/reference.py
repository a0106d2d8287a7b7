"""Columns of the dated configuration tables: countries, products, lines, hubs, purity, conventions, licences, sources."""

from pipelines.schemas.field import AMOUNT, DAY, FLAG, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

iso2 = declare(Field("iso2", TEXT, "ISO 3166 alpha-2", pattern=r"^[A-Z]{2}$"))
m49 = declare(Field("m49", TEXT, "UN M49 code", pattern=r"^\d{3}$"))
comtrade_code = declare(Field("comtrade_code", TEXT, "UN Comtrade country code", pattern=r"^\d{1,3}$"))
census_code = declare(Field("census_code", TEXT, "US Census Schedule C code", pattern=r"^\d{4}$"))
gacc_code = declare(Field("gacc_code", TEXT, "China Customs country code"))
japan_code = declare(Field("japan_code", TEXT, "Japan Customs country code"))
korea_code = declare(Field("korea_code", TEXT, "Korea Customs country code"))
eurostat_code = declare(Field("eurostat_code", TEXT, "Eurostat Comext country code"))
name_en = declare(Field("name_en", TEXT, "English name"))
name_zh_tw = declare(Field("name_zh_tw", TEXT, "Name in Taiwan Customs files"))
country_kind = declare(
    Field(
        "country_kind",
        TEXT,
        "What the code stands for",
        allowed=("country", "territory", "aggregate", "residual", "special"),
    )
)
rollup = declare(Field("rollup", TEXT, "Group that the country also rolls up to, for example CHN+HKG+MAC"))
scheme = declare(Field("scheme", TEXT, "Code system of the alias"))
code = declare(Field("code", TEXT, "Code or name as filed"))
product_id = declare(Field("product_id", TEXT, "Classification and code, for example HS6-847150"))
level = declare(Field("level", WHOLE, "Digits of the code", minimum=2, maximum=11))
ai_group = declare(
    Field(
        "ai_group",
        TEXT,
        "Group for the AI-accelerator proxy and its controls",
        allowed=("ai_accelerator", "upstream_memory", "tool_chain", "control_near", "control_far", "none"),
    )
)
comparable_from_hs = declare(Field("comparable_from_hs", TEXT, "First HS revision since which the code means the same goods"))
comparable_to_hs = declare(Field("comparable_to_hs", TEXT, "Last HS revision up to which the code means the same goods"))
is_confirmed = declare(Field("is_confirmed", FLAG, "True when the meaning of the line was read in an official text"))
line_source = declare(Field("line_source", TEXT, "Where the line and its meaning were read"))
hub_role = declare(Field("hub_role", TEXT, "Role in the chip trade", allowed=("entrepot", "assembly", "both", "producer")))
publishes_reexports = declare(
    Field("publishes_reexports", TEXT, "Does the country publish re-exports by origin?", allowed=("true", "false", "unknown"))
)
purity_id = declare(Field("purity_id", TEXT, "One purity interval"))
reporter_class = declare(Field("reporter_class", TEXT, "Reporter that the purity applies to: ISO3 or any"))
purity_low = declare(
    Field("purity_low", REAL, "Lowest share of AI accelerators in the code's value", unit="share", minimum=0, maximum=1)
)
purity_central = declare(
    Field("purity_central", REAL, "Central share of AI accelerators in the code's value", unit="share", minimum=0, maximum=1)
)
purity_high = declare(
    Field("purity_high", REAL, "Highest share of AI accelerators in the code's value", unit="share", minimum=0, maximum=1)
)
purity_basis = declare(
    Field(
        "purity_basis",
        TEXT,
        "What the purity rests on",
        allowed=("national_line", "unit_value", "vendor_revenue", "convention", "unknown"),
    )
)
convention_id = declare(Field("convention_id", TEXT, "Convention for a unit of compute"))
numerator_field = declare(Field("numerator_field", TEXT, "Chip specification that is divided"))
denominator = declare(Field("denominator", AMOUNT, "Value of that specification for the reference chip", minimum=0))
alpha = declare(Field("alpha", REAL, "Weight of compute against bandwidth in the effective unit", minimum=0, maximum=1))
is_default = declare(Field("is_default", FLAG, "True for the convention used in headline figures"))
formula = declare(Field("formula", TEXT, "Formula in words"))
gsd = declare(Field("gsd", REAL, "Geometric standard deviation given to a point claim of this grade", minimum=1))
is_stated_only = declare(Field("is_stated_only", FLAG, "True when only a spread stated by the source may be used"))
licence_name = declare(Field("licence_name", TEXT, "Name of the licence or terms"))
may_redistribute_rows = declare(Field("may_redistribute_rows", FLAG, "True when single rows may be passed on"))
may_publish_aggregates = declare(Field("may_publish_aggregates", FLAG, "True when derived aggregates may be published"))
attribution = declare(Field("attribution", TEXT, "Attribution line that the terms ask for"))
import_basis = declare(Field("import_basis", TEXT, "Valuation of imports"))
export_basis = declare(Field("export_basis", TEXT, "Valuation of exports"))
publication_frequency = declare(Field("publication_frequency", TEXT, "How often the publisher releases"))
release_lag_days_monthly = declare(
    Field("release_lag_days_monthly", WHOLE, "Days from the end of a month to its release", unit="days", minimum=0)
)
release_lag_days_annual = declare(
    Field("release_lag_days_annual", WHOLE, "Days from the end of a year to its release", unit="days", minimum=0)
)
release_calendar_note = declare(Field("release_calendar_note", TEXT, "What the release calendar rests on"))
revision_note = declare(Field("revision_note", TEXT, "How the publisher revises"))
file_name = declare(Field("file_name", TEXT, "Name of the file"))
origin_url = declare(Field("origin_url", TEXT, "Where the publisher file was obtained"))
origin_commit = declare(Field("origin_commit", TEXT, "Revision of the repository that held the file"))
file_sha256 = declare(Field("file_sha256", TEXT, "SHA-256 of the publisher file", pattern=r"^[0-9a-f]{64}$"))
file_bytes = declare(Field("file_bytes", WHOLE, "Size of the publisher file", unit="bytes", minimum=1))
retrieved = declare(Field("retrieved", DAY, "Day on which the file was obtained"))
retrieved_basis = declare(Field("retrieved_basis", TEXT, "What that day rests on"))
first_period = declare(Field("first_period", TEXT, "First period in the file"))
last_period = declare(Field("last_period", TEXT, "Last period in the file"))
parser = declare(Field("parser", TEXT, "Function that turned the bytes into tidy rows"))
checks = declare(Field("checks", TEXT, "How the figures were checked"))
days_in_month = declare(Field("days_in_month", WHOLE, "Days of the month", unit="days", minimum=28, maximum=31))
month_end = declare(Field("month_end", DAY, "Last day of the month"))
content_sha256 = declare(
    Field(
        "content_sha256",
        TEXT,
        "SHA-256 of the shipped file as archived; of live data over all archived bodies",
        pattern=r"^[0-9a-f]{64}$",
    )
)
dataset_group = declare(
    Field(
        "dataset_group",
        TEXT,
        "Folder of data/ that the file lies in; live for what publishers answered, user for a file of the user's own",
        allowed=("facts", "reference", "scenarios", "snapshot", "live", "user"),
    )
)
table_name = declare(Field("table_name", TEXT, "Tidy table that the file feeds"))
rows_read = declare(Field("rows_read", WHOLE, "Rows in the file", unit="rows", minimum=0))
rows_accepted = declare(Field("rows_accepted", WHOLE, "Rows that passed validation", unit="rows", minimum=0))
rows_quarantined = declare(Field("rows_quarantined", WHOLE, "Rows refused, kept in the quarantine", unit="rows", minimum=0))
input_id = declare(Field("input_id", TEXT, "One figure that enters the supply mix", pattern=r"^[a-z0-9_.-]+$"))
series_kind = declare(
    Field(
        "series_kind",
        TEXT,
        "backbone = one publisher's series; envelope = lowest to highest published",
        allowed=("backbone", "envelope"),
    )
)
bound = declare(Field("bound", TEXT, "Which end of the interval the figure feeds", allowed=("low", "central", "high")))
feeds_units = declare(Field("feeds_units", TEXT, "Units of account that the figure feeds, separated by ;"))
figure_id = declare(Field("figure_id", TEXT, "Figure as table:row:column, see core.fact_figure"))
factor = declare(Field("factor", AMOUNT, "Multiplier applied to the figure", unit="ratio"))
price_figure_id = declare(Field("price_figure_id", TEXT, "Price figure that turns the row into US dollars"))
price_divisor = declare(Field("price_divisor", AMOUNT, "Accelerators in the priced item", unit="chips", minimum=1))
price_chip_id = declare(Field("price_chip_id", TEXT, "Chip that the price is for, where the row counts H100-equivalents"))
allocation = declare(
    Field(
        "allocation",
        TEXT,
        "How the published period became this period",
        allowed=("as_published", "summed_quarters", "differenced_cumulatives", "allocated_by_days", "fiscal_quarters"),
    )
)
outcome_id = declare(Field("outcome_id", TEXT, "One monthly outcome series", pattern=r"^[a-z0-9_]+$"))
partner_isos = declare(Field("partner_isos", TEXT, "Partners added up, separated by ;"))
plus_codes = declare(Field("plus_codes", TEXT, "Codes added, separated by ;"))
minus_codes = declare(Field("minus_codes", TEXT, "Codes taken off, separated by ;"))
outcome_measure = declare(Field("outcome_measure", TEXT, "What the series measures", allowed=("value_usd", "net_kg")))
outcome_role = declare(Field("outcome_role", TEXT, "Use of the series", allowed=("exposed", "control", "context")))
