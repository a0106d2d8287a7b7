"""All live sources by id, in the order in which they were asked for in the specification of sources."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from pipelines.errors import UsageError
from pipelines.sources.contract import Source

# Module and class of each source; imported when first needed.
CONNECTORS = {
    "uscb": "us_census_api.UsCensus",
    "twmof": "taiwan_portal.TaiwanPortal",
    "gacc": "china_customs.ChinaCustoms",
    "hkma": "hkma.HongKongMonetaryAuthority",
    "ecb": "ecb.EuropeanCentralBank",
    "frb": "fed_h10.FederalReserve",
    "fedreg": "federal_register.FederalRegister",
    "csl": "screening_list.ScreeningList",
    "sec": "sec_filings.SecFilings",
    "epoch": "epoch_chip_sales.EpochChipSales",
    "kcs": "korea_customs_api.KoreaCustomsApi",
    "hkcsd": "hong_kong_trade.HongKongTrade",
    "jpmof": "japan_customs_api.JapanCustomsApi",
    "thmoc": "thailand_trade.ThailandTrade",
    "estat": "eurostat_comext.EurostatComext",
    "comtrade": "un_comtrade_api.UnComtrade",
    "baci": "cepii_baci.CepiiBaci",
    "unsd": "unsd_correlation.UnsdCorrelation",
}


@cache
def live_sources() -> Mapping[str, Source]:
    """Every connector by source id."""
    return {source_id: _make(path) for source_id, path in CONNECTORS.items()}


def live_source(source_id: str) -> Source:
    """One connector; raises UsageError that lists them all."""
    if source_id not in CONNECTORS:
        raise UsageError(f"no live source {source_id!r}; expected one of {', '.join(CONNECTORS)}")
    return live_sources()[source_id]


def _make(path: str) -> Source:
    module, _, name = path.partition(".")
    made: Source = getattr(import_module(f"pipelines.sources.{module}"), name)()
    return made
