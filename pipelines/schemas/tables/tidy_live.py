"""Tidy table of what live sources answered."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import live as v
from pipelines.schemas.fields import reference as r
from pipelines.schemas.table import Table


class ArchivedAnswer(Table):
    """One row per archived release of a live source: question, bytes, and rows read = accepted + quarantined + skipped."""

    layer = "tidy"
    name = "archived_answer"
    columns = (
        c.source_id,
        c.dataset_id,
        v.ask_id,
        c.source_file_sha256,
        c.vintage_at,
        v.retrieved_time,
        c.period_start,
        c.period_end,
        v.request_url,
        v.publisher_stamp.optional("the publisher gives none"),
        v.answer_bytes,
        c.licence_id,
        r.rows_read,
        r.rows_accepted,
        r.rows_quarantined,
        v.rows_skipped,
        v.skip_rules.optional("no row was skipped"),
        v.n_controls,
        v.broken_controls.optional("every total agrees, or the publisher gives none"),
        v.rejection.optional("the body was read"),
        v.is_latest_answer,
    )
    key = ("ask_id", "vintage_at")
    may_be_empty = True
