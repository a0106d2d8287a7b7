"""Columns of archived answers: what was asked, what came back, and how its rows are accounted for."""

from pipelines.schemas.field import FLAG, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

ask_id = declare(Field("ask_id", TEXT, "The question: dataset, period and what narrows it"))
request_url = declare(Field("request_url", TEXT, "Address of the request, without any key; a file name for dropped files"))
retrieved_time = declare(
    Field("retrieved_time", TEXT, "Moment of retrieval, UTC", pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00$")
)
publisher_stamp = declare(Field("publisher_stamp", TEXT, "The publisher's own mark of the release, as given"))
answer_bytes = declare(Field("answer_bytes", WHOLE, "Size of the archived body", unit="bytes", minimum=0))
rows_skipped = declare(Field("rows_skipped", WHOLE, "Rows left out by a named rule", unit="rows", minimum=0))
skip_rules = declare(Field("skip_rules", TEXT, "Named rules with their numbers of rows"))
n_controls = declare(Field("n_controls", WHOLE, "Publisher's totals that detail was set beside", unit="totals", minimum=0))
broken_controls = declare(Field("broken_controls", TEXT, "Totals that detail does not add up to, with the numbers"))
rejection = declare(Field("rejection", TEXT, "Why the parser rejected the archived body as a whole"))
is_latest_answer = declare(Field("is_latest_answer", FLAG, "True for the latest release of its question"))
