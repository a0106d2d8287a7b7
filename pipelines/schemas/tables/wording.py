"""The wording ladder as taken in and as a dimension."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import wording as v
from pipelines.schemas.table import Table


class WordingRung(Table):
    """One row per entry of the wording ladder (C14): what a rung needs, or a phrase and what becomes of it there."""

    layer = "tidy"
    name = "wording_rung"
    columns = (
        v.phrase_id,
        v.phrase_kind,
        v.lowest_rung,
        v.highest_rung,
        v.phrase,
        v.phrase_pattern.optional("says what the rung needs; nothing is searched for"),
        c.reason,
    )
    key = ("phrase_id",)
    ordered = (("lowest_rung", "highest_rung"),)


class DimWordingRung(Table):
    """One row per entry of the wording ladder (C14): what a rung needs, or a phrase and what becomes of it there."""

    layer = "core"
    name = "dim_wording_rung"
    columns = WordingRung.columns
    key = WordingRung.key
    ordered = WordingRung.ordered
