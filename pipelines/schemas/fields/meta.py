"""Columns that describe the build itself: models, fingerprints, release."""

from pipelines.schemas.field import TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

model = declare(Field("model", TEXT, "Schema-qualified table name"))
layer = declare(Field("layer", TEXT, "Room of the warehouse"))
model_kind = declare(Field("model_kind", TEXT, "How the table is made", allowed=("input", "sql", "estimator")))
fingerprint = declare(
    Field("fingerprint", TEXT, "SHA-256 over the model's code, columns and everything it reads", pattern=r"^[0-9a-f]{64}$")
)
description = declare(Field("description", TEXT, "What one row is and where it comes from"))
code_sha256 = declare(Field("code_sha256", TEXT, "SHA-256 over all SQL models and program modules", pattern=r"^[0-9a-f]{64}$"))
inputs_sha256 = declare(Field("inputs_sha256", TEXT, "SHA-256 over all input files", pattern=r"^[0-9a-f]{64}$"))
warehouse_release_id = declare(
    Field(
        "warehouse_release_id",
        TEXT,
        "Release of the whole warehouse: as_of, hash of inputs and code, and -user where a user's own claims are in it",
    )
)
model_code_sha256 = declare(
    Field(
        "model_code_sha256",
        TEXT,
        "SHA-256 over the model's own code, columns and key, and the libraries, without what it reads",
        pattern=r"^[0-9a-f]{64}$",
    )
)
content = declare(
    Field(
        "content",
        TEXT,
        "Print of all rows in any order: equal rows have equal prints within one version of DuckDB",
        pattern=r"^[0-9a-f]+-[0-9a-f]+$",
    )
)
read_table = declare(Field("read_table", TEXT, "Table that the model reads directly"))
input_table = declare(Field("input_table", TEXT, "Input table that the model rests on, directly or through other models"))
model_steps = declare(
    Field("model_steps", WHOLE, "Fewest models between the input table and this model", unit="models", minimum=0)
)
