"""Imports every table module, so that the registry of tables is complete."""

from pipelines.schemas.tables import (
    core,
    exports,
    meta,
    metrics_flow,
    metrics_substitution,
    staging,
    tidy_facts,
    tidy_reference,
    tidy_trade,
)

MODULES = (tidy_facts, tidy_reference, tidy_trade, meta, staging, core, metrics_flow, metrics_substitution, exports)
