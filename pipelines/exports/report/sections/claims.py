"""Claims side by side: the chain of the story, link by link, and every published estimate."""

from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, el, table
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import CLAIMS, findings

LEAD = (
    "What others have said, as they said it, and what the loaded data say about it. A claim that gives a floor is no rival of "
    "one that gives a total. Grades run from A, the best supported, down to D."
)
CHAIN = (
    Column("Question", "link_title"),
    Column("Claimed", "link_claim"),
    Column("Verdict", "link_verdict", "code"),
    Column("Centre (low to high)", "link_central", "number", ("link_low", "link_high")),
    Column("Unit", "link_unit"),
    Column("Why this verdict", "link_reason"),
    Column("What would settle it", "deciding_datum"),
    Column("Label", "evidence_label", "code"),
)
COLUMNS = (
    Column("Claim", "claim_id"),
    Column("Publisher", "publisher"),
    Column("Known from", "known_at", "day"),
    Column("Channel", "channel", "code"),
    Column("From", "period_start", "day"),
    Column("To", "period_end", "day"),
    Column("Unit", "unit", "code"),
    Column("Low", "low", "number"),
    Column("Central", "central", "number"),
    Column("High", "high", "number"),
    Column("Bound", "bound_kind", "code"),
    Column("Grade", "grade"),
    Column("Brought by", "claim_origin", "code"),
    Column("Page", "url"),
)


def section(frames: Frames) -> Section:
    """The chain with its verdicts, the comparison of the best-known claim, then all claims."""
    chain: list[Row] = rows(frames, "rpt_claim_chain", by=["link_no"])
    claims = rows(frames, "rpt_claim", by=["channel", "period_start", "claim_id"])
    parts = [
        el("p", LEAD),
        table("The story of July, link by link", CHAIN, chain, name="chain"),
        findings(frames, CLAIMS),
        table("Published claims", COLUMNS, claims, name="claim-table", filtered=True),
    ]
    return Section("claims", "Claims side by side", parts)
