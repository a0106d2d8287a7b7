"""Columns of global reconciled trade (CEPII BACI), its comparison, and of correlation tables between HS revisions."""

from pipelines.schemas.field import AMOUNT, FLAG, MONEY, REAL, TEXT, Field
from pipelines.schemas.fields import declare

release_name = declare(
    Field("release_name", TEXT, "Release of BACI; each recomputes every year, so releases are never mixed", pattern=r"^V\d{6}$")
)
quantity_tonnes = declare(Field("quantity_tonnes", AMOUNT, "Quantity as BACI states it", unit="metric tons", minimum=0))
baci_usd = declare(
    Field("baci_usd", MONEY, "Value in BACI: FOB, reconciled from both reports by CEPII's method", unit="USD", minimum=0)
)
baci_ratio = declare(
    Field(
        "baci_ratio",
        REAL,
        "baci_usd over reconciled_usd as shown, so of the rounded value where terms round it",
        unit="ratio",
        minimum=0,
    )
)
is_revision_of_year = declare(
    Field(
        "is_revision_of_year",
        FLAG,
        "True when hs_revision was in force in the year; in another one BACI's codes are converted, and may hold other goods",
    )
)
link_difference = declare(
    Field(
        "link_difference",
        TEXT,
        "How the shipped link and the loaded table differ: the table lacks it, a code said to be complete lacks a link of the "
        "table, or they state another relationship",
        allowed=("not_in_table", "not_in_links", "other_relationship"),
    )
)
table_relationship = declare(
    Field("table_relationship", TEXT, "Relationship in the loaded table", allowed=("1:1", "1:n", "n:1", "n:n"))
)
