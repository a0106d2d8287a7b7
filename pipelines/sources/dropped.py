"""What connectors for dropped files share: nothing is asked over the network, so requests and verdicts do not occur."""

from collections.abc import Sequence
from datetime import date

from pipelines.errors import UsageError
from pipelines.sources.contract import Answer, Ask, Feed, Judgement, Kind, Request, Source


class DroppedSource(Source):
    """A publisher whose tables a person downloads behind a captcha and puts into the inbox."""

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """Refuses: the publisher guards its tables against programs, and that is respected."""
        raise UsageError(f"{feed.dataset_id}: download the table by hand and drop it, see docs/sources/{self.source_id}.md")

    def request(self, ask: Ask) -> Request:
        """Refuses, as asks does."""
        raise UsageError(f"{ask.dataset_id}: there is no request; drop the file")

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """Never data: nothing is asked."""
        return Judgement(Kind.REFUSED, f"{ask.dataset_id} is not asked for over the network ({answer.status})")
