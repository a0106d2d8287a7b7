"""Columns that many tables share: two times, places, labels, provenance, absence."""

from pipelines.schemas.evidence import EVIDENCE
from pipelines.schemas.field import DAY, FLAG, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

VALUE_LABELS = ("official", "reconciled", "claim", "estimate", "modelled", "scenario")
COUNTRY = r"^[A-Z]{3}$"
DATE_BASES = (
    "published",
    "quote_date",
    "period_end",
    "dataset_date",
    "compiled",
    "announced",
    "announced_month",
    "announced_year",
)

known_at = declare(Field("known_at", DAY, "Day on which the row became public, or the best bound on it"))
known_at_basis = declare(
    Field("known_at_basis", TEXT, "What known_at rests on; compiled = no publication day is known", allowed=DATE_BASES)
)
vintage_at = declare(
    Field("vintage_at", DAY, "Day on which the value itself was retrieved; later than known_at where first vintages are lost")
)
is_later_vintage = declare(
    Field("is_later_vintage", FLAG, "True when the value was retrieved after as_of, so it may hold revisions unknown on that day")
)
as_of = declare(Field("as_of", DAY, "The build keeps what was known on this day"))
source_id = declare(Field("source_id", TEXT, "Publisher of the row, see core.dim_source"))
dataset_id = declare(Field("dataset_id", TEXT, "Shipped or archived file that the row comes from, see core.dim_dataset"))
source_row = declare(
    Field(
        "source_row",
        WHOLE,
        "Line of the row in that file, header = 1; in a body without a header the record; where one line holds several "
        "records, 100 times the line plus the number of the record",
        minimum=1,
    )
)
source_file_sha256 = declare(
    Field("source_file_sha256", TEXT, "SHA-256 of the publisher file that the figures were read from", pattern=r"^[0-9a-f]{64}$")
)
source_url = declare(Field("source_url", TEXT, "Page or file that the figure was read from"))
url = declare(Field("url", TEXT, "Page on which the figure or statement was read"))
publisher = declare(Field("publisher", TEXT, "Who published the figure"))
note = declare(Field("note", TEXT, "Remark of the compiler: caveats, contradictions, reading"))
reason = declare(Field("reason", TEXT, "Why this value was set, with its source"))
is_seen = declare(Field("is_seen", FLAG, "False = the figure is unconfirmed: it was not seen in any page read by the compiler"))
unconfirmed_fields = declare(Field("unconfirmed_fields", TEXT, "Columns of this row that are not confirmed, separated by ;"))
confidence = declare(Field("confidence", TEXT, "Compiler's confidence in the row", allowed=("high", "medium", "low")))
absence_reason = declare(
    Field(
        "absence_reason",
        TEXT,
        "Why the measure is NULL: one of the four empties, or the rule that made it not computable",
    )
)
value_label = declare(Field("value_label", TEXT, "What kind of figure this is", allowed=VALUE_LABELS))
evidence_label = declare(Field("evidence_label", TEXT, "How much the figure may claim, METHODS C14", allowed=EVIDENCE))
country_iso3 = declare(
    Field("country_iso3", TEXT, "Country, ISO 3166 alpha-3 or a documented user-assigned code", pattern=COUNTRY)
)
reporter_iso3 = declare(Field("reporter_iso3", TEXT, "Country whose customs filed the record", pattern=COUNTRY))
partner_iso3 = declare(
    Field("partner_iso3", TEXT, "Partner country as the reporter names it (consignment or origin)", pattern=COUNTRY)
)
period_start = declare(Field("period_start", DAY, "First day of the period that the row speaks of"))
period_end = declare(Field("period_end", DAY, "Last day of the period that the row speaks of"))
period_id = declare(
    Field("period_id", TEXT, "Period label: 2024, 2024H1, 2024Q1 or 2024-01", pattern=r"^\d{4}(H[12]|Q[1-4]|-\d{2})?$")
)
frequency = declare(
    Field(
        "frequency",
        TEXT,
        "M = month, Q = quarter, H = half-year, A = year, P = part of a year",
        allowed=("M", "Q", "H", "A", "P"),
    )
)
month = declare(Field("month", DAY, "Month, as its first day"))
chip = declare(Field("chip", TEXT, "Chip or product as the source names it"))
chip_id = declare(Field("chip_id", TEXT, "One accelerator model, see core.dim_chip", pattern=r"^[a-z0-9-]+$"))
chips_per_item = declare(Field("chips_per_item", WHOLE, "Number of accelerators in one item (server, rack, card)", minimum=1))
channel = declare(
    Field(
        "channel",
        TEXT,
        "Way in which compute reaches Chinese users",
        allowed=("legal", "smuggled", "domestic", "offshore", "all", "none"),
    )
)
vendor = declare(Field("vendor", TEXT, "Maker of the chip"))
unit = declare(Field("unit", TEXT, "Unit in which the figure is stated"))
bound_kind = declare(
    Field(
        "bound_kind",
        TEXT,
        "How low, central and high are to be read, METHODS C2",
        allowed=(
            "point",
            "range",
            "low_central_high",
            "percentiles",
            "at_least",
            "at_most",
            "order_of_magnitude",
            "direction_only",
        ),
    )
)
title = declare(Field("title", TEXT, "Short title"))
valid_from = declare(Field("valid_from", DAY, "First day on which the configuration row holds"))
valid_to = declare(Field("valid_to", DAY, "Last day on which the configuration row holds"))
hs6 = declare(Field("hs6", TEXT, "Six-digit code of the Harmonized System", pattern=r"^\d{6}$"))
licence_id = declare(Field("licence_id", TEXT, "Terms of the source, see core.dim_licence"))
rule_id = declare(Field("rule_id", TEXT, "Rule, letter, deal or bill, see core.fact_rule_change", pattern=r"^[a-z0-9_]+$"))
