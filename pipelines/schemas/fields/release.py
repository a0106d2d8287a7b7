"""Columns of what a publisher has released: which periods, when, in which state."""

from pipelines.schemas.field import DAY, FLAG, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

release_classification = declare(
    Field("release_classification", TEXT, "Classification in which the period was released, as the publisher names it")
)
is_original_classification = declare(
    Field("is_original_classification", FLAG, "True when the reporter itself filed in this classification")
)
n_records = declare(Field("n_records", WHOLE, "Records in the released period", unit="records", minimum=0))
release_checksum = declare(Field("release_checksum", TEXT, "Checksum or file name that changes with the contents of the release"))
first_released_on = declare(Field("first_released_on", DAY, "Day of the first release of the period"))
last_released_on = declare(Field("last_released_on", DAY, "Day of the latest release of the period"))
