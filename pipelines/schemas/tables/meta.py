"""Tables that describe the build: datasets and their row accounts, calendar, run, models."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import meta as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.fields import trade as t
from pipelines.schemas.table import Table


class Dataset(Table):
    """One row per input file: source, terms, hash of its bytes, and its account of rows read, accepted and quarantined."""

    layer = "tidy"
    name = "dataset"
    columns = (
        c.dataset_id,
        r.dataset_group,
        r.table_name,
        c.source_id,
        c.licence_id,
        r.file_name,
        r.content_sha256,
        r.retrieved,
        r.rows_read,
        r.rows_accepted,
        r.rows_quarantined,
    )
    key = ("dataset_id",)


class Calendar(Table):
    """One row per month of the warehouse's calendar."""

    layer = "tidy"
    name = "calendar"
    columns = (c.month, r.month_end, r.days_in_month)
    key = ("month",)


class Run(Table):
    """Exactly one row: the date as of which the warehouse is built, and the release it makes."""

    layer = "core"
    name = "run"
    columns = (c.as_of, m.warehouse_release_id, m.inputs_sha256, m.code_sha256)
    key = ("as_of",)


class ModelBuild(Table):
    """One row per table of the warehouse: how it was made, its fingerprint, a print of its rows and their number."""

    layer = "meta"
    name = "model"
    columns = (
        m.model,
        m.layer,
        m.model_kind,
        m.fingerprint,
        m.model_code_sha256.optional("an input"),
        m.content,
        t.n_rows,
        m.description,
    )
    key = ("model",)


class ModelRead(Table):
    """One row per model and table it reads directly: the edges of the model graph."""

    layer = "meta"
    name = "model_read"
    columns = (m.model, m.read_table)
    key = ("model", "read_table")


class ModelInput(Table):
    """One row per model and input table it rests on, directly or not; join core.dim_dataset by table_name for the files."""

    layer = "meta"
    name = "model_input"
    columns = (m.model, m.input_table, m.model_steps)
    key = ("model", "input_table")
