"""What a section of the report is: a heading, a short answer, content, and the charts that stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.exports.report.charts import Chart
from pipelines.exports.report.html import Html


@dataclass(frozen=True)
class Section:
    """One section; `parts` holds HTML and charts in the order in which they are read."""

    key: str
    title: str
    parts: Sequence[Html | Chart] = field(default_factory=tuple)

    @property
    def charts(self) -> list[Chart]:
        """The charts of the section."""
        return [part for part in self.parts if isinstance(part, Chart)]
