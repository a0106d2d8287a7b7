"""Report tables of what stands beside trade."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import context as x
from pipelines.schemas.fields import facts as f
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report


class RptRegisterDocument(Report):
    """One row per Federal Register document of the export-control office that the register of rules does not carry yet.

    Found by document number or citation. The day of print is no event date: a curator reads the DATES caption.
    """

    name = "rpt_register_document"
    columns = (
        x.document_number,
        x.document_type,
        c.title,
        x.action_text.optional("not stated"),
        f.published_date,
        x.effective_on.optional("the register lists none"),
        x.dates_text.optional("no DATES caption"),
        x.n_dates,
        x.is_staggered,
        x.review_reason,
        x.citation.optional("not printed yet"),
        x.correction_of.optional("not a correction"),
        c.url,
        *LABELS,
    )
    key = ("document_number",)
    may_be_empty = True
