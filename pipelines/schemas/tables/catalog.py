"""Imports every table module, so that the registry of tables is complete."""

from collections.abc import Mapping

from pipelines.schemas.table import TABLES, Table
from pipelines.schemas.tables import (
    baci,
    core,
    correlation,
    exports,
    exports_context,
    exports_diversion,
    exports_draws,
    exports_events,
    exports_hub,
    exports_mirror,
    meta,
    metrics_diversion,
    metrics_draws,
    metrics_events,
    metrics_flow,
    metrics_hs,
    metrics_hub,
    metrics_measures,
    metrics_mirror,
    metrics_report,
    metrics_substitution,
    staging,
    staging_context,
    tidy_context,
    tidy_draws,
    tidy_events,
    tidy_facts,
    tidy_live,
    tidy_reference,
    tidy_release,
    tidy_trade,
    wording,
)

MODULES = (
    tidy_facts,
    tidy_reference,
    tidy_release,
    tidy_trade,
    tidy_live,
    wording,
    meta,
    staging,
    core,
    metrics_flow,
    metrics_mirror,
    metrics_report,
    metrics_hub,
    metrics_substitution,
    exports,
    exports_hub,
    exports_mirror,
    metrics_hs,
    metrics_measures,
    tidy_draws,
    metrics_draws,
    exports_draws,
    metrics_diversion,
    exports_diversion,
    tidy_context,
    staging_context,
    exports_context,
    baci,
    correlation,
    tidy_events,
    metrics_events,
    exports_events,
)


def declared_tables() -> Mapping[str, type[Table]]:
    """Every declared table by full name; whoever needs all of them asks here, because only this module imports them all."""
    return TABLES
