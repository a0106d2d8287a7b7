"""Columns of the HS revision chain: links between revisions, components, weights, converted values."""

from pipelines.schemas.field import AMOUNT, FLAG, MONEY, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

REVISION = r"^H[0-6]$"
CODE = r"^\d{6}$"
SCOPES = ("all_links", "without_waste")
METHODS = ("exact", "least_squares", "trade_share", "equal_split")
COMPARABILITY = ("exact", "not_exact", "unproven")

newer_revision = declare(Field("newer_revision", TEXT, "Newer HS revision of the pair, H6 = HS 2022", pattern=REVISION))
older_revision = declare(Field("older_revision", TEXT, "Older HS revision of the pair, H2 = HS 2002", pattern=REVISION))
newer_code = declare(Field("newer_code", TEXT, "Six-digit code of the newer revision, with leading zeros", pattern=CODE))
older_code = declare(Field("older_code", TEXT, "Six-digit code of the older revision, with leading zeros", pattern=CODE))
relationship = declare(
    Field(
        "relationship",
        TEXT,
        "Newer codes of the older code, and older codes of the newer code, as the table states them; n:n may be of the group",
        allowed=("1:1", "1:n", "n:1", "n:n"),
    )
)
is_waste_link = declare(Field("is_waste_link", FLAG, "True when either code is electronic waste (8549): the link moves no goods"))
is_newer_complete = declare(
    Field("is_newer_complete", FLAG, "True when every link of the newer code to a code outside 8549 is in the table")
)
is_older_complete = declare(
    Field("is_older_complete", FLAG, "True when every link of the older code to a code outside 8549 is in the table")
)
link_scope = declare(
    Field("link_scope", TEXT, "Links in use: all of the table, or those between goods, without waste (8549)", allowed=SCOPES)
)
n_nodes_published = declare(
    Field("n_nodes_published", WHOLE, "Codes in the component, counted over the full table", unit="codes", minimum=2)
)
is_one_to_one = declare(Field("is_one_to_one", FLAG, "True when that component is one old and one new code"))
# Components
component_id = declare(
    Field(
        "component_id", TEXT, "Smallest code of the component and its revision, for example 847150:H5", pattern=r"^\d{6}:H[0-6]$"
    )
)
n_nodes = declare(
    Field("n_nodes", WHOLE, "Codes of both revisions in the component that the links give", unit="codes", minimum=2)
)
n_older = declare(Field("n_older", WHOLE, "Codes of the older revision in it", unit="codes", minimum=1))
n_newer = declare(Field("n_newer", WHOLE, "Codes of the newer revision in it", unit="codes", minimum=1))
is_table_complete = declare(
    Field(
        "is_table_complete", FLAG, "True when the links are known to give the whole component, so that its size may be believed"
    )
)
is_exact = declare(Field("is_exact", FLAG, "True when the whole component is one old and one new code: the same goods"))
comparability = declare(
    Field(
        "comparability",
        TEXT,
        "exact = same goods on both sides, not_exact = goods moved between codes, unproven = the links do not tell",
        allowed=COMPARABILITY,
    )
)
# Weights
weight_method = declare(Field("weight_method", TEXT, "How the value of an older code is divided", allowed=METHODS))
code_weight = declare(
    Field("code_weight", REAL, "Share of the older code's value that goes to the newer code", unit="share", minimum=0, maximum=1)
)
n_targets = declare(Field("n_targets", WHOLE, "Newer codes among which the older code is divided", unit="codes", minimum=1))
is_only_source = declare(
    Field("is_only_source", FLAG, "True when no other older code leads to the newer code, at any step of the way")
)
n_observations = declare(
    Field("n_observations", WHOLE, "Reporters (least squares) or cells (trade shares) behind the weight", minimum=0)
)
is_guess = declare(Field("is_guess", FLAG, "True for an equal split among several codes, which rests on no data"))
is_best = declare(
    Field("is_best", FLAG, "True for the method used: exact, least squares, trade share, equal split, in that order")
)
# Paths and converted values
target_revision = declare(Field("target_revision", TEXT, "Revision into which codes are brought", pattern=REVISION))
filed_revision = declare(
    Field(
        "filed_revision",
        TEXT,
        "Revision that the reporter filed in; it is a fact of the row, never read off the calendar",
        allowed=("H0", "H1", "H2", "H3", "H4", "H5", "H6", "not_stated"),
    )
)
filed_code = declare(Field("filed_code", TEXT, "Six-digit code as filed", pattern=CODE))
target_code = declare(Field("target_code", TEXT, "Six-digit code of the target revision", pattern=CODE))
path_share_low = declare(Field("path_share_low", REAL, "Smallest share over the methods", unit="share", minimum=0, maximum=1))
path_share = declare(Field("path_share", REAL, "Share by the best method of each step", unit="share", minimum=0, maximum=1))
path_share_high = declare(Field("path_share_high", REAL, "Largest share over the methods", unit="share", minimum=0, maximum=1))
chain_method = declare(
    Field("chain_method", TEXT, "Weakest method along the way; as_filed = no step was needed", allowed=("as_filed", *METHODS))
)
n_steps = declare(Field("n_steps", WHOLE, "Revisions crossed", unit="revisions", minimum=0))
is_comparable = declare(
    Field("is_comparable", FLAG, "True when every step is exact: the figure counts the same goods as the target code")
)
may_miss_inflow = declare(
    Field(
        "may_miss_inflow",
        FLAG,
        "True when other codes of the filed revision lead to this code too: the figure holds their part only if they are loaded",
    )
)
chain_state = declare(
    Field(
        "chain_state",
        TEXT,
        "converted = the code is one of the target revision; unconverted = the code as filed, which could not be brought there",
        allowed=("converted", "unconverted"),
    )
)
filed_usd = declare(Field("filed_usd", MONEY, "Filed value behind the row, before any code was changed", unit="USD"))
chain_usd = declare(Field("chain_usd", MONEY, "Value in the code of the target revision by the best method", unit="USD"))
chain_low_usd = declare(Field("chain_low_usd", MONEY, "Smallest value over the weight methods", unit="USD"))
chain_high_usd = declare(Field("chain_high_usd", MONEY, "Largest value over the weight methods", unit="USD"))
chain_quantity = declare(Field("chain_quantity", AMOUNT, "Quantity, divided as the value is", unit="quantity_unit"))
n_filed_codes = declare(Field("n_filed_codes", WHOLE, "Filed cells added into the row", unit="cells", minimum=1))
# Sheets
country_name = declare(Field("country_name", TEXT, "Country whose customs filed the record, in English"))
partner_name = declare(Field("partner_name", TEXT, "Partner country, in English"))
product_title = declare(Field("product_title", TEXT, "What the code stands for"))
revision_years = declare(Field("revision_years", TEXT, "The two revisions as years, for example HS 2012 to HS 2017"))
comparability_words = declare(Field("comparability_words", TEXT, "Whether the figures may be compared, in plain words"))
