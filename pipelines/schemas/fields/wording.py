"""Columns of the wording ladder: which words a text may use at which rung of evidence."""

from pipelines.schemas.evidence import EVIDENCE
from pipelines.schemas.field import TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

TOP = len(EVIDENCE) - 1

phrase_id = declare(
    Field("phrase_id", TEXT, "Entry of the wording ladder; of kind needs, the evidence label itself", pattern=r"^[a-z_]+$")
)
lowest_rung = declare(
    Field("lowest_rung", WHOLE, "First rung at which the entry holds: 0 accounting to 4 structural", minimum=0, maximum=TOP)
)
highest_rung = declare(
    Field("highest_rung", WHOLE, "Last rung at which the entry holds: 0 accounting to 4 structural", minimum=0, maximum=TOP)
)
phrase_kind = declare(
    Field(
        "phrase_kind",
        TEXT,
        "needs = what the rung needs; allowed = wording of the rung and exempt = innocent words, both taken out before a text is "
        "searched; forbidden = may not be in the rest; required = must be in it",
        allowed=("needs", "allowed", "exempt", "forbidden", "required"),
    )
)
phrase = declare(Field("phrase", TEXT, "The words, or what the rung needs"))
phrase_pattern = declare(
    Field("phrase_pattern", TEXT, "Regular expression that finds the words, whatever their case, in a text on one line")
)
