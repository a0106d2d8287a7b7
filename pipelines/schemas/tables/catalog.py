"""Imports every table module, so that the registry of tables is complete."""

from pipelines.schemas.tables import (
    core,
    exports,
    exports_hub,
    exports_mirror,
    meta,
    metrics_flow,
    metrics_hs,
    metrics_hub,
    metrics_measures,
    metrics_mirror,
    metrics_report,
    metrics_substitution,
    staging,
    tidy_facts,
    tidy_reference,
    tidy_trade,
)

MODULES = (
    tidy_facts,
    tidy_reference,
    tidy_trade,
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
)
