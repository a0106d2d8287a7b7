"""The findings of a build in plain words, read from exports.rpt_summary."""

from pipelines.errors import Place
from pipelines.exports.wording import ladder_from, require_wording
from pipelines.home import Edition
from pipelines.warehouse.read import query

FINDINGS = "SELECT statement_id, section, statement, evidence_label FROM exports.rpt_summary ORDER BY position"


def findings(edition: Edition) -> list[tuple[str, list[str]]]:
    """Sections with their statements, in order; raises CheckFailed where one says more than its label allows."""
    ladder = ladder_from(query(edition, "SELECT * FROM core.dim_wording_rung").iter_rows(named=True))
    sections: dict[str, list[str]] = {}
    for statement_id, section, statement, label in query(edition, FINDINGS).iter_rows():
        require_wording(statement, label, Place("exports.rpt_summary", statement_id), ladder)
        require_wording(section, label, Place("exports.rpt_summary", statement_id), ladder, is_statement=False)
        sections.setdefault(section, []).append(statement)
    return list(sections.items())


def own_claims(edition: Edition) -> tuple[int, int]:
    """Claims that a user's own file holds, and those of them that were public at as_of."""
    found = query(
        edition,
        "SELECT (SELECT count(*) FROM tidy.user_claim), (SELECT count(*) FROM core.fact_claim WHERE claim_origin = 'user')",
    )
    return found.rows()[0]
