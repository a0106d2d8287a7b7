"""Asking: questions go out one by one, answers are judged and archived, what was cut is split, what is there is kept."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import stamina

from pipelines.archive import Archive
from pipelines.errors import ChipflowsError, Place, explain
from pipelines.home import Home
from pipelines.live.client import HEAD, IN_MEMORY, Client, Received, Unreachable
from pipelines.live.clock import Clock
from pipelines.live.journal import RELEASE, SAME, Journal, Record, one_asker
from pipelines.live.pace import Pace
from pipelines.live.settings import key_variable, setting_of, settings_path
from pipelines.sources.contract import Answer, Ask, Judgement, Kind, Source

ATTEMPTS = 5
LONGEST_WAIT = 120.0  # a publisher that asks for a longer pause is left alone until the next run
GIVE_UP_AFTER = 3  # questions in a row that never got an answer
SETTLED = {Kind.DATA, Kind.LIST, Kind.EMPTY, Kind.NOT_YET, Kind.SPLIT}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Options:
    """How to ask: clock, whether to ask again for what was answered today, where progress is told, patience in seconds."""

    clock: Clock = field(default_factory=Clock)
    again: bool = False
    progress: Progress = lambda what, done, total: None
    read_seconds: float = 120.0


@dataclass(frozen=True)
class Outcome:
    """What became of one question in this run; `is_kept` when the archive answered it."""

    ask: Ask
    kind: Kind
    why: str = ""
    novelty: str = ""
    n_bytes: int = 0
    is_kept: bool = False

    @property
    def is_failure(self) -> bool:
        """Whether the question is still open although it was put."""
        return self.kind not in SETTLED


@dataclass
class FetchReport:
    """All outcomes of a run, and why it stopped before the end, if it did; `skipped` when nothing could be asked."""

    source_id: str
    outcomes: list[Outcome] = field(default_factory=list)
    stopped: str = ""
    skipped: str = ""
    n_open: int = 0

    @property
    def failures(self) -> list[Outcome]:
        """Questions that got no usable answer."""
        return [outcome for outcome in self.outcomes if outcome.is_failure]

    def summary(self) -> str:
        """One line on what was asked and what is open, and the first reasons."""
        if self.skipped:
            return self.skipped
        kept = sum(outcome.is_kept for outcome in self.outcomes)
        parts = [f"{self.source_id}: {len(self.outcomes)} questions, {kept} answered by the archive, {self.n_new} new releases"]
        parts += [f"stopped: {self.stopped} ({self.n_open} questions not put)"] if self.stopped else []
        parts += [f"{outcome.ask.ask_id}: {outcome.why}" for outcome in self.failures[:5]]
        return "; ".join(parts)

    @property
    def n_new(self) -> int:
        """Bodies that differ from the last one of the same question."""
        return sum(outcome.novelty == RELEASE and not outcome.is_kept for outcome in self.outcomes)


class _Wait(ChipflowsError):
    """The publisher asked for patience; carries how long and the answer."""

    def __init__(self, judged: Judgement, received: Received) -> None:
        super().__init__(judged.why)
        self.judged, self.received = judged, received


def journal_path(home: Home, source_id: str) -> Path:
    """Where the journal of a source lies."""
    return home.archive / "answers" / f"{source_id}.jsonl"


def missing_key(source: Source, dataset_id: str, home: Home) -> str:
    """Why a feed cannot be asked for want of a key or contact, with the way to get one; empty when it can be asked."""
    feed, setting = source.feed(dataset_id), setting_of(source.source_id, home)
    if feed.needs_contact and not setting.contact:
        where = f"set CHIPFLOWS_CONTACT_{source.source_id.upper()}, or contact in [{source.source_id}] of {settings_path(home)}"
        return f"{source.source_id}: no contact for {dataset_id}; {where}. {source.terms.key_help}"
    if not feed.needs_key or setting.key is not None:
        return ""
    where = f"set {key_variable(source.source_id)}, or key in [{source.source_id}] of {settings_path(home)}"
    return f"{source.source_id}: no key for {dataset_id}; {where}. {source.terms.key_help}"


def fetch(source: Source, asks: Sequence[Ask], home: Home, options: Options | None = None) -> FetchReport:
    """Put the questions; each answer is archived before the next goes out. Failures are in the report, not raised."""
    report = FetchReport(source.source_id)
    lacking = next((reason for ask in asks if (reason := missing_key(source, ask.dataset_id, home))), "")
    if lacking:
        report.skipped = lacking
        return report
    options = options or Options()
    setting = setting_of(source.source_id, home)
    path = journal_path(home, source.source_id)
    with one_asker(path), Client(source.source_id, source.terms, setting, options.read_seconds) as client:
        asker = _Asker(source, client, home, options)
        asker.forget_halves()
        asker.run(deque(asks), report)
    return report


class _Asker:
    """One run: the state of asking one publisher."""

    def __init__(self, source: Source, client: Client, home: Home, options: Options) -> None:
        self.source, self.client, self.setting = source, client, client.setting
        self.clock, self.again, self.progress = options.clock, options.again, options.progress
        self.started = self.clock.now()
        self.journal = Journal(journal_path(home, source.source_id))
        self.archive = Archive(home.archive)
        self.scratch = home.root / "scratch"
        terms, ledger = source.terms, home.root / "quota" / f"{source.source_id}.json"
        self.pace = Pace(terms.calls_per_second, terms.calls_per_day, ledger, self.clock)

    def forget_halves(self) -> None:
        """Remove half bodies that a killed run left; the lock on the journal says that nobody is writing them."""
        for path in self.scratch.glob(f"{self.source.source_id}-*.part"):
            path.unlink()

    def run(self, queue: deque[Ask], report: FetchReport) -> None:
        """Work through the queue; parts of a question that was cut come next."""
        silent = 0
        while queue and not report.stopped:
            ask = queue.popleft()
            self.progress(f"asking {ask.ask_id}", len(report.outcomes) + 1, len(report.outcomes) + 1 + len(queue))
            outcome = self._kept(ask) or self._consented(ask) or self._ask(ask)
            report.outcomes.append(outcome)
            silent = silent + 1 if outcome.kind is Kind.WAIT else 0
            if outcome.kind is Kind.SPLIT:
                queue.extendleft(reversed(self.source.split(ask)))
            if outcome.kind in (Kind.LIST, Kind.DATA):
                queue.extendleft(reversed(self._named_by(ask)))
            report.stopped = self._reason_to_stop(outcome, silent)
        report.n_open = len(queue)

    def _named_by(self, ask: Ask) -> list[Ask]:
        """The questions that an archived answer names; a body that stayed on disk for its size names none."""
        last = self.journal.last(ask.ask_id)
        if last is None or not last.sha256 or last.bytes > IN_MEMORY:
            return []
        return self.source.follow(ask, self.archive.get(last.sha256))

    def _reason_to_stop(self, outcome: Outcome, silent: int) -> str:
        if outcome.kind in (Kind.KEY, Kind.QUOTA):
            return outcome.why
        return f"{silent} questions in a row without an answer: {outcome.why}" if silent >= GIVE_UP_AFTER else ""

    def _kept(self, ask: Ask) -> Outcome | None:
        """What the archive already says today, so that an interrupted run goes on where it stopped."""
        last = self.journal.last(ask.ask_id)
        is_for_good = last is not None and last.kind == Kind.DATA and self.source.is_final(ask)
        if last is None or last.kind not in SETTLED or not (is_for_good or self._is_fresh(last)):
            return None
        if last.sha256 and not self.archive.path(last.sha256).exists():
            return None
        return Outcome(ask, Kind(last.kind), last.why, last.novelty, last.bytes, is_kept=True)

    def _consented(self, ask: Ask) -> Outcome | None:
        """A body refused for its hash alone that is pinned or accepted by now: taken from the archive, not asked for again."""
        last = self.journal.last(ask.ask_id)
        if last is None or last.kind != Kind.REFUSED or not last.sha256 or self.again:
            return None
        path = self.archive.path(last.sha256)
        if self.source.feed(ask.dataset_id).pinned is None or not self._is_accepted(ask, last.sha256) or not path.exists():
            return None
        is_large = last.bytes > IN_MEMORY
        with path.open("rb") as whole:
            body = whole.read(HEAD if is_large else -1)
        received = Received(Answer(last.status, {}, body, last.request), last.sha256, last.bytes, path if is_large else None)
        judged = self.source.judge(ask, received.answer)
        if judged.kind is not Kind.DATA:
            return None
        novelty, canonical = self._novelty(ask, judged, received)
        taken = replace(last, kind=Kind.DATA, why="", stamp=judged.stamp, novelty=novelty, canonical_sha256=canonical)
        self.journal.append(taken)
        return Outcome(ask, Kind.DATA, "", novelty, last.bytes)

    def _is_accepted(self, ask: Ask, digest: str) -> bool:
        pinned = self.source.feed(ask.dataset_id).pinned
        return pinned is None or digest in pinned or self.setting.accepts(digest)

    def _is_fresh(self, record: Record) -> bool:
        asked = datetime.fromisoformat(record.retrieved_at)
        return not self.again and asked.date() == self.started.date()

    def _ask(self, ask: Ask) -> Outcome:
        if self.pace.left_today() == 0:
            return Outcome(ask, Kind.QUOTA, f"{self.source.source_id}: today's {self.pace.calls_per_day} calls are used up")
        try:
            judged, received = self._patiently(ask)
        except _Wait as wait:
            judged, received = wait.judged, wait.received
        except Unreachable as error:
            # A question that times out again and again may be too large for the publisher.
            too_large = error.is_timeout and bool(self.source.split(ask))
            return Outcome(ask, Kind.SPLIT if too_large else Kind.WAIT, str(error))
        if judged.kind is Kind.QUOTA:
            self.pace.exhausted()
        if judged.kind is Kind.SPLIT and not self.source.split(ask):
            judged = Judgement(Kind.REFUSED, f"{judged.why}; the question cannot be made smaller", stamp=judged.stamp)
        return self._keep(ask, self._pinned(ask, judged, received), received)

    def _pinned(self, ask: Ask, judged: Judgement, received: Received) -> Judgement:
        """The same verdict, or a refusal of data whose hash is neither pinned nor accepted by the user."""
        if judged.kind is not Kind.DATA or self._is_accepted(ask, received.sha256):
            return judged
        expected = " or ".join(self.source.feed(ask.dataset_id).pinned or ()) or "a hash that you accept (none is pinned)"
        remedy = f"look at the body in the archive, then set accept of [{self.source.source_id}] to this hash"
        found = f"a body with SHA-256 {received.sha256}"
        return Judgement(
            Kind.REFUSED, explain(Place(self.source.source_id, ask.dataset_id), found, expected, remedy), stamp=judged.stamp
        )

    def _patiently(self, ask: Ask) -> tuple[Judgement, Received]:
        """Ask until there is an answer, with growing random pauses, or those that the publisher names."""
        tries = stamina.retry_context(
            on=_pause, attempts=ATTEMPTS, timeout=None, wait_initial=1.0, wait_max=60.0, wait_jitter=2.0
        )
        for attempt in tries:
            with attempt:
                return self._once(ask)
        raise AssertionError("stamina ends with an answer or an error")

    def _once(self, ask: Ask) -> tuple[Judgement, Received]:
        self.pace.before_call()
        received = self.client.get(self.source.request(ask), self.scratch)
        judged = self.source.judge(ask, received.answer)
        if judged.kind is Kind.WAIT:
            raise _Wait(judged, received)
        return judged, received

    def _keep(self, ask: Ask, judged: Judgement, received: Received) -> Outcome:
        digest = ""
        if received.path is not None:
            digest = self.archive.adopt(received.path, received.sha256)
        elif received.answer.body:
            digest = self.archive.put(received.answer.body)
        novelty, canonical = self._novelty(ask, judged, received)
        self.journal.append(
            Record(
                ask_id=ask.ask_id,
                dataset_id=ask.dataset_id,
                start=ask.start.isoformat(),
                end=ask.end.isoformat(),
                narrowed=dict(ask.narrowed),
                request=received.answer.url,
                retrieved_at=self.clock.now().isoformat(),
                status=received.answer.status,
                kind=judged.kind,
                why=self.setting.hide(judged.why),
                stamp=judged.stamp,
                sha256=digest,
                canonical_sha256=canonical,
                bytes=received.n_bytes,
                novelty=novelty,
                licence_id=self.source.terms.licence_id,
            )
        )
        return Outcome(ask, judged.kind, self.setting.hide(judged.why), novelty, received.n_bytes)

    def _novelty(self, ask: Ask, judged: Judgement, received: Received) -> tuple[str, str]:
        if judged.kind is not Kind.DATA:
            return "", ""
        canonical = received.sha256
        if received.path is None:
            canonical = Archive.digest(self.source.canonical(received.answer.body))
        last = self.journal.last_body(ask.ask_id)
        return (SAME if last is not None and last.canonical_sha256 == canonical else RELEASE), canonical


def _pause(error: Exception) -> bool | float:
    """Whether, and after how many seconds, to ask again: for silence and for a publisher that is busy, never for a refusal."""
    if isinstance(error, _Wait):
        told = error.judged.wait_seconds
        return True if told is None else (told if told <= LONGEST_WAIT else False)
    return isinstance(error, Unreachable)
