"""What every live source says of itself: its feeds, how a question is put and split, what an answer is, how it becomes rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar

from pipelines.errors import UsageError
from pipelines.reading import TextTable
from pipelines.schemas.table import Table
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.parsed import Codes, Parsed, Release

# The goods that live sources ask for: headings, and their subheadings in HS 2017 and HS 2022.
HEADINGS = ("8471", "8473", "8486", "8523", "8541", "8542")
STEADY = (
    "847130", "847141", "847149", "847150", "847160", "847170", "847180", "847190", "847321", "847329", "847330", "847340",
    "847350", "848610", "848620", "848630", "848640", "848690", "852321", "852329", "852341", "852349", "852351", "852352",
    "852359", "852380", "854110", "854121", "854129", "854130", "854160", "854190", "854231", "854232", "854233", "854239",
    "854290",
)  # fmt: skip
UNTIL_2021 = ("854140", "854150")
SINCE_2022 = ("854141", "854142", "854143", "854149", "854151", "854159")


def subheadings(month: date) -> tuple[str, ...]:
    """Six-digit codes of the followed headings that are in force in a month (HS 2012 and 2017, or HS 2022)."""
    return tuple(sorted(STEADY + (SINCE_2022 if month.year >= 2022 else UNTIL_2021)))


@dataclass(frozen=True)
class Feed:
    """One dataset of a publisher: id, what it holds, from when, how late it comes, how far back it is revised.

    `lag_days` after a period's end it is asked for (-31: from its first day on); each refresh asks again for the last
    `revised_months` periods. `frequency` is M, A, or N for a register without periods. `divided_by` names a second dimension
    that every question names (`reporter`), with the values asked for by default. `table` is the tidy table of its rows. A
    dropped feed is never asked for over the network; the rows of a bulk feed are read in batches from a file that may be larger
    than memory, of a zip archive with several members from those whose names fit the pattern `bulk_members`. `needs_contact`:
    the publisher wants an e-mail address in the User-Agent. `pinned` lists the SHA-256 of the only bodies that are taken
    without the user's consent (setting `accept`); None where any body is. Rows that follow each other with the same values in
    `bulk_together` come in one batch.
    """

    dataset_id: str
    title: str
    first: date
    lag_days: int
    revised_months: int
    frequency: str = "M"
    divided_by: str = ""
    divisions: tuple[str, ...] = ()
    table: type[Table] = TradeObs
    needs_key: bool = False
    needs_contact: bool = False
    pinned: tuple[str, ...] | None = None
    is_dropped: bool = False
    is_bulk: bool = False
    bulk_delimiter: str = ","
    bulk_together: tuple[str, ...] = ()
    bulk_members: str = ""


@dataclass(frozen=True)
class Ask:
    """One question: feed, first and last period (first days), and what narrows it, as name-value pairs."""

    dataset_id: str
    start: date
    end: date
    narrowed: tuple[tuple[str, str], ...] = ()

    @property
    def ask_id(self) -> str:
        """Stable name of the question: the same question has the same id in every run."""
        span = f"{self.start:%Y-%m}" if self.start == self.end else f"{self.start:%Y-%m}..{self.end:%Y-%m}"
        return "/".join([self.dataset_id, span, *(f"{name}={value}" for name, value in self.narrowed)])

    def get(self, name: str, default: str = "") -> str:
        """The value that narrows `name`."""
        return dict(self.narrowed).get(name, default)

    def narrow(self, **values: str) -> "Ask":
        """The same question with further or other values, in name order."""
        return replace(self, narrowed=tuple(sorted({**dict(self.narrowed), **values}.items())))


@dataclass(frozen=True)
class Request:
    """An HTTP GET without its key: path below the base address, parameters, headers; `terms.key_in` says where the key goes.

    `base_url` is another address of the same publisher for this question; an address set by the user goes before it.
    """

    path: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    base_url: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in lower case, body, and the address that answered (without the key)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ""


class Kind(StrEnum):
    """What an answer is; only DATA becomes rows, SPLIT is asked again in parts, WAIT may be asked again later in this run."""

    DATA = "data"
    LIST = "list"  # no rows: it names the questions that come next, see `Source.follow`
    EMPTY = "empty"  # published, and there is nothing
    NOT_YET = "not_yet"  # not published so far
    SPLIT = "split"  # cut at the cap, or refused as too large
    WAIT = "wait"  # the publisher is busy; a retry can help
    QUOTA = "quota"  # no more today
    KEY = "key"  # missing, unknown or expired
    REFUSED = "refused"  # the question or the answer is wrong; a retry cannot help


@dataclass(frozen=True)
class Judgement:
    """A verdict on an answer, why, how long to wait if that is told, and the publisher's own stamp where it gives one."""

    kind: Kind
    why: str = ""
    wait_seconds: float | None = None
    stamp: str = ""


@dataclass(frozen=True)
class Terms:
    """Key, pace and notice of a source: `key_in` is header:NAME or query:NAME; no key is needed when it is empty."""

    base_url: str
    licence_id: str
    notice: str
    key_in: str = ""
    key_help: str = ""
    key_may_be_encoded: bool = False  # the publisher also shows its keys percent-encoded; both forms are accepted
    calls_per_second: float = 1.0
    calls_per_day: int | None = None
    codes: str = ""  # the scheme of country codes, see country_codes.py
    headers: tuple[tuple[str, str], ...] = field(default=())


class Source(ABC):
    """One publisher. All methods are pure: no clock, no network, no files."""

    source_id: ClassVar[str]
    terms: ClassVar[Terms]
    feeds: ClassVar[tuple[Feed, ...]]

    def feed(self, dataset_id: str) -> Feed:
        """The feed of an id; raises UsageError that lists the feeds."""
        for feed in self.feeds:
            if feed.dataset_id == dataset_id:
                return feed
        known = ", ".join(feed.dataset_id for feed in self.feeds)
        raise UsageError(f"{self.source_id} has no feed {dataset_id!r}; expected one of {known}")

    @abstractmethod
    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """The questions for some periods (first days), and for one division where the feed is divided."""

    @abstractmethod
    def request(self, ask: Ask) -> Request:
        """How the question is put, without the key."""

    @abstractmethod
    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """What an answer is; errors inside HTTP 200 are found here. Of a very large body only the first part is given."""

    @abstractmethod
    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """The archived body as tidy rows with control totals; raises InputError when the body as a whole is not usable."""

    def split(self, ask: Ask) -> list[Ask]:
        """The same question in smaller parts (periods, then reporters, then codes); empty when it cannot be smaller."""
        return by_month(ask)

    def follow(self, ask: Ask, body: bytes) -> list[Ask]:
        """The questions that an answer of kind LIST or DATA leads to (a file it names, the next page); they are put next."""
        return []

    def canonical(self, body: bytes) -> bytes:
        """The body without what changes from call to call (timings, counters), so that a revision can be told from noise."""
        return body

    def is_final(self, ask: Ask) -> bool:
        """Whether the question names one version of a file, so that its answer never changes and is asked for once."""
        return False

    def bulk_text(self, ask: Ask, text: TextTable, release: Release, codes: Codes) -> Parsed:
        """One batch of a bulk file's rows as tidy rows; only for feeds with `is_bulk`."""
        raise NotImplementedError(
            f"{self.source_id}: {ask.dataset_id} is not a bulk feed, {text.n_read} rows, {release}, {codes}"
        )


def halves(ask: Ask, name: str, separator: str = ",") -> list[Ask]:
    """The question with the first and with the second half of a list value; empty when the list has one member."""
    members = ask.get(name).split(separator)
    middle = len(members) // 2
    return [ask.narrow(**{name: separator.join(part)}) for part in (members[:middle], members[middle:])] if middle else []


def by_month(ask: Ask) -> list[Ask]:
    """One question for each month of a longer span; empty when it is one month already."""
    months = month_range(ask.start, ask.end)
    return [replace(ask, start=month, end=month) for month in months] if len(months) > 1 else []


def month_range(first: date, last: date) -> list[date]:
    """First days of all months from one to another."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, number) for number in range(count)]


def add_months(day: date, months: int) -> date:
    """The first day of the month that lies some months after (or before) the month of a day."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def spans(periods: Sequence[date], months: int) -> list[tuple[date, date]]:
    """Runs of consecutive months, none longer than `months`, as first and last month."""
    found: list[tuple[date, date]] = []
    for month in sorted(set(periods)):
        start, end = found[-1] if found else (month, month)
        if found and month == add_months(end, 1) and len(month_range(start, month)) <= months:
            found[-1] = (start, month)
        else:
            found.append((month, month))
    return found


def status_judgement(answer: Answer, *, key_statuses: tuple[int, ...] = (401,)) -> Judgement | None:
    """The verdict that the HTTP status alone gives, or None for a 200 whose body must be read."""
    after = retry_after(answer)
    if answer.status == 429 or answer.status in (408, 425, 500, 502, 503, 504):
        return Judgement(Kind.WAIT, f"HTTP {answer.status}", after)
    if answer.status in key_statuses:
        return Judgement(Kind.KEY, f"HTTP {answer.status}")
    if answer.status == 204 or (answer.status == 200 and not answer.body.strip()):
        return Judgement(Kind.EMPTY, f"HTTP {answer.status} without a body")
    if answer.status != 200:
        return Judgement(Kind.REFUSED, f"HTTP {answer.status}: {excerpt(answer.body)}")
    return None


def html_judgement(answer: Answer) -> Judgement | None:
    """A verdict on a web page where data were expected; None for anything else. A page is the publisher's trouble: wait."""
    start = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<title")):
        return Judgement(Kind.WAIT, f"a web page instead of data: {excerpt(answer.body)}")
    return None


def retry_after(answer: Answer) -> float | None:
    """Seconds of a Retry-After header, None when it is absent or a date (then our own pause serves)."""
    text = answer.headers.get("retry-after", "").strip()
    return float(text) if text.isdecimal() else None


def excerpt(body: bytes, limit: int = 160) -> str:
    """The beginning of a body on one line, for messages."""
    return " ".join(body[: 4 * limit].decode("utf-8", errors="replace").split())[:limit]
