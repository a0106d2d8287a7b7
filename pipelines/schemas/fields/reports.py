"""Columns that only reports have: names beside codes, statements of coverage, amounts rounded because of terms."""

from pipelines.schemas.field import FLAG, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

exporter_name = declare(Field("exporter_name", TEXT, "Exporter in English"))
importer_name = declare(Field("importer_name", TEXT, "Importer in English"))
reporter_name = declare(Field("reporter_name", TEXT, "Reporter in English"))
partner_label = declare(Field("partner_label", TEXT, "Partner in English"))
hub_name = declare(Field("hub_name", TEXT, "Hub in English"))
first_hub_name = declare(Field("first_hub_name", TEXT, "First hub in English"))
second_hub_name = declare(Field("second_hub_name", TEXT, "Second hub in English"))
target_name = declare(Field("target_name", TEXT, "Target in English"))
origin_name = declare(Field("origin_name", TEXT, "Origin in English"))
destination_name = declare(Field("destination_name", TEXT, "Destination in English"))
goods_title = declare(Field("goods_title", TEXT, "The goods in words"))
rule_title = declare(Field("rule_title", TEXT, "Short title of the rule"))
coverage_statement = declare(
    Field("coverage_statement", TEXT, "What the total beside it holds and what is missing from it, in one sentence")
)
is_rounded_by_terms = declare(
    Field(
        "is_rounded_by_terms",
        FLAG,
        "True when a source's terms do not let single records pass: the amounts of the row are rounded to 10 million US dollars",
    )
)
retained_share_low = declare(Field("retained_share_low", REAL, "Share of imports that stays, lower end", unit="share", maximum=1))
retained_share = declare(Field("retained_share", REAL, "Share of imports that stays", unit="share", maximum=1))
retained_share_high = declare(
    Field("retained_share_high", REAL, "Share of imports that stays, upper end", unit="share", maximum=1)
)
origin_lower_share = declare(
    Field(
        "origin_lower_share",
        REAL,
        "Least share of goods sent on that must come from the origin",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
origin_mix_share = declare(
    Field(
        "origin_mix_share",
        REAL,
        "Share from the origin if the hub sends on a proportional mix",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
origin_upper_share = declare(
    Field(
        "origin_upper_share",
        REAL,
        "Largest share of goods sent on that can come from the origin",
        unit="share",
        minimum=0,
        maximum=1,
    )
)
mirrored_share = declare(
    Field("mirrored_share", REAL, "Share of the exporter's trade whose importer is loaded", unit="share", minimum=0, maximum=1)
)
n_importers_named = declare(Field("n_importers_named", WHOLE, "Importers named by the exporter", unit="countries", minimum=0))
n_importers_loaded = declare(
    Field("n_importers_loaded", WHOLE, "Of these, importers whose report is loaded", unit="countries", minimum=0)
)
missing_importers = declare(
    Field("missing_importers", TEXT, "The eight largest importers whose report is not loaded, separated by ;")
)
