"""Columns of official trade statistics: flows, codes, values, quantities, filings."""

from pipelines.schemas.field import AMOUNT, FLAG, MONEY, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

FLOWS = ("M", "X", "RX", "RM", "DX", "MC")
CLASSIFICATIONS = ("HS", "HSK10", "HTS10", "SCHB10", "CCC11", "CN8", "GACC8", "JPHS9")
BASES = ("CIF", "FOB", "FAS", "customs", "unknown")

FLOW_MEANING = (
    "M import (partner: country of origin or as the reporter files it), X export (re-exports included), RX re-export, "
    "RM re-import, DX domestic export, MC import by country of consignment where a reporter files it beside M"
)

flow = declare(Field("flow", TEXT, FLOW_MEANING, allowed=FLOWS))
trade_basis = declare(
    Field(
        "trade_basis",
        TEXT,
        "Which records the reporter counts",
        allowed=("total_exports", "domestic_exports", "imports", "general_imports", "imports_for_consumption"),
    )
)
classification = declare(
    Field("classification", TEXT, "Code system of product_code; HS = Harmonized System at 4 or 6 digits", allowed=CLASSIFICATIONS)
)
hs_revision = declare(
    Field("hs_revision", TEXT, "HS revision of the record, H0 (1988/92) to H6 (2022), as filed", pattern=r"^H[0-6]$")
)
product_code = declare(Field("product_code", TEXT, "Commodity code as text with leading zeros", pattern=r"^\d{4,11}$"))
partner2_code = declare(Field("partner2_code", TEXT, "Second partner as filed; 0 = total over second partners"))
customs_code = declare(Field("customs_code", TEXT, "Customs procedure as filed; C00 = total over procedures"))
transport_code = declare(Field("transport_code", TEXT, "Mode of transport as filed; 0 = total over modes"))
value_usd = declare(Field("value_usd", MONEY, "Value in current US dollars", unit="USD"))
value_local = declare(Field("value_local", MONEY, "Value in the currency of the publisher", unit="units of currency"))
currency = declare(Field("currency", TEXT, "Currency of value_local, ISO 4217", pattern=r"^[A-Z]{3}$"))
local_per_usd = declare(
    Field(
        "local_per_usd", AMOUNT, "Exchange rate that ties value_local to value_usd", unit="units of currency per USD", minimum=0
    )
)
duty_usd = declare(Field("duty_usd", MONEY, "Calculated import duty", unit="USD", minimum=0))
value_basis = declare(Field("value_basis", TEXT, "Valuation of the record", allowed=BASES))
quantity = declare(Field("quantity", AMOUNT, "Supplementary quantity", unit="quantity_unit", minimum=0))
quantity_unit = declare(Field("quantity_unit", TEXT, "Unit of quantity as the publisher names it"))
is_quantity_estimated = declare(
    Field("is_quantity_estimated", FLAG, "True when the publisher says that it estimated the quantity")
)
net_kg = declare(Field("net_kg", AMOUNT, "Net weight", unit="kg", minimum=0))
is_weight_estimated = declare(
    Field("is_weight_estimated", FLAG, "True when the publisher or its pattern shows an estimated weight")
)
is_taiwan_proxy = declare(
    Field(
        "is_taiwan_proxy", FLAG, "True when TWN stands for code 490 'Other Asia, nes', Taiwan in practice but not by definition"
    )
)
period_status = declare(
    Field("period_status", TEXT, "State of the period in this release", allowed=("final", "provisional", "partial"))
)
row_route = declare(
    Field(
        "row_route",
        TEXT,
        "Named rule that decides where a filed row goes; every row has exactly one",
        allowed=("cell_total", "breakdown_part", "world_total", "aggregate_partner", "self_trade"),
    )
)
release_id = declare(Field("release_id", TEXT, "Release of the row: dataset and retrieval day"))
is_current = declare(Field("is_current", FLAG, "True on the latest release of the cell known at as_of"))
breakdown_parts = declare(
    Field(
        "breakdown_parts",
        WHOLE,
        "Rows that break the cell down by second partner, procedure or transport",
        unit="rows",
        minimum=0,
    )
)
n_rows = declare(Field("n_rows", WHOLE, "Number of rows", unit="rows", minimum=0))
filing_state = declare(
    Field("filing_state", TEXT, "Did the reporter file this flow in this period?", allowed=("filed", "missing"))
)
stage = declare(
    Field(
        "stage",
        TEXT,
        "Place of the good in the accelerator chain",
        allowed=("chip", "memory", "card", "unit", "server", "tool", "component", "control", "other"),
    )
)
value_sum_usd = declare(
    Field("value_sum_usd", MONEY, "Sum of value_usd over all rows of the file, totals and parts together", unit="USD")
)
