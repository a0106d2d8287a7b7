"""Tidy table of what publishers have released."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import release as r
from pipelines.schemas.table import Table


class ReleaseAvailability(Table):
    """One row per dataset, reporter, period and classification in a list of releases, as the publisher gave it on one day."""

    layer = "tidy"
    name = "release_availability"
    columns = (
        c.source_id,
        c.dataset_id,
        c.source_row,
        c.reporter_iso3,
        c.period_start,
        c.period_end,
        c.frequency,
        r.release_classification.optional("the list does not say"),
        r.is_original_classification.optional("the list does not say"),
        r.n_records.optional("a list of files counts no records"),
        r.release_checksum,
        r.first_released_on.optional("a list of files gives only the latest release"),
        r.last_released_on,
        c.known_at,
        c.vintage_at,
        c.source_file_sha256,
    )
    key = ("dataset_id", "vintage_at", "source_file_sha256", "source_row")
    ordered = (("period_start", "period_end"), ("first_released_on", "last_released_on"), ("known_at", "vintage_at"))
    may_be_empty = True
