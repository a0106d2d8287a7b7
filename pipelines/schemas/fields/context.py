"""Columns of what stands beside trade: exchange rates, register documents, screened entities, segment revenue, chip sales."""

from pipelines.schemas.field import AMOUNT, DAY, FLAG, MONEY, RATE, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

# Exchange rates
base_currency = declare(Field("base_currency", TEXT, "Currency of which one unit is priced, ISO 4217", pattern=r"^[A-Z]{3}$"))
rate = declare(Field("rate", RATE, "Exchange rate", unit="units of currency per unit of base_currency", minimum=0))
rate_kind = declare(Field("rate_kind", TEXT, "What the rate is taken over", allowed=("period_average",)))
days_averaged = declare(
    Field("days_averaged", WHOLE, "Business days that this project averaged", unit="days", minimum=1, maximum=31)
)
is_chosen_rate = declare(
    Field("is_chosen_rate", FLAG, "True on the one rate of the currency and month that values are converted with")
)
# Federal Register
document_number = declare(Field("document_number", TEXT, "Federal Register document number", pattern=r"^[A-Z0-9]+-[0-9-]+$"))
document_type = declare(
    Field(
        "document_type",
        TEXT,
        "Kind of document",
        allowed=("Rule", "Proposed Rule", "Notice", "Presidential Document"),
    )
)
action_text = declare(Field("action_text", TEXT, "What the document says of itself, for example Final rule"))
citation = declare(Field("citation", TEXT, "Volume and first page in the Federal Register"))
dates_text = declare(Field("dates_text", TEXT, "The DATES caption, whole"))
effective_on = declare(
    Field("effective_on", DAY, "The single effective day that the register lists; the DATES caption may name more")
)
n_dates = declare(Field("n_dates", WHOLE, "Different calendar days named in the DATES caption", unit="days", minimum=0))
is_staggered = declare(
    Field("is_staggered", FLAG, "True when the DATES caption names several days: effective days may be staggered, read the text")
)
cfr_references = declare(Field("cfr_references", TEXT, "Parts of the Code of Federal Regulations touched, separated by ;"))
docket_ids = declare(Field("docket_ids", TEXT, "Dockets and regulation ids, separated by ;"))
correction_of = declare(Field("correction_of", TEXT, "Document that this one corrects"))
review_reason = declare(
    Field(
        "review_reason",
        TEXT,
        "Why a curator should read the document",
        allowed=("several_dates", "effective_day_stated", "no_effective_day"),
    )
)
# Screened entities
entity_id = declare(Field("entity_id", TEXT, "Identifier of the entry as the list gives it"))
screening_list = declare(Field("screening_list", TEXT, "List that holds the entry"))
entity_name = declare(Field("entity_name", TEXT, "Name of the company or organisation"))
alternative_names = declare(Field("alternative_names", TEXT, "Further names, separated by ;"))
entity_addresses = declare(Field("entity_addresses", TEXT, "Addresses, separated by ;"))
programs = declare(Field("programs", TEXT, "Sanctions programmes"))
federal_register_notice = declare(Field("federal_register_notice", TEXT, "Citation of the notice that listed the entry"))
listed_on = declare(Field("listed_on", DAY, "First day on the list as the list states it"))
listed_until = declare(Field("listed_until", DAY, "Last day on the list as the list states it"))
license_requirement = declare(Field("license_requirement", TEXT, "Items that need a licence"))
license_policy = declare(Field("license_policy", TEXT, "Review policy for licence applications"))
# Segment revenue
company = declare(Field("company", TEXT, "Company that filed, as the filing system names it"))
accession = declare(Field("accession", TEXT, "Filing, as the filing system numbers it", pattern=r"^\d{10}-\d{2}-\d{6}$"))
form = declare(Field("form", TEXT, "Form of the filing", allowed=("10-Q", "10-K", "10-Q/A", "10-K/A")))
filed_on = declare(Field("filed_on", DAY, "Day of filing"))
segment_member = declare(Field("segment_member", TEXT, "Area as the filing tags it"))
segment_iso3 = declare(
    Field("segment_iso3", TEXT, "Country of the area, where it is one country or China with Hong Kong", pattern=r"^[A-Z]{3}$")
)
segment_basis = declare(
    Field(
        "segment_basis",
        TEXT,
        "What places a sale in an area; areas on different bases are different series",
        allowed=("billing_location", "customer_headquarters", "not_recognised"),
    )
)
revenue_usd = declare(Field("revenue_usd", MONEY, "Revenue of the area in the period", unit="USD"))
# Chip sales
owner = declare(Field("owner", TEXT, "Owner of the chips, firm or country, as the publisher names it; all = world"))
estimate_low = declare(Field("estimate_low", AMOUNT, "5th percentile; never add it", unit="unit of the row", minimum=0))
estimate_median = declare(Field("estimate_median", AMOUNT, "Median", unit="unit of the row", minimum=0))
estimate_high = declare(Field("estimate_high", AMOUNT, "95th percentile; never add it", unit="unit of the row", minimum=0))
