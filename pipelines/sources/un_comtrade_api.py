"""UN Comtrade over its API: monthly and annual data with a key, previews without one, and the list of what is released."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from pipelines.errors import InputError, Place, UsageError, explain
from pipelines.reading import TextTable
from pipelines.schemas.tables.tidy_release import ReleaseAvailability
from pipelines.sources.bodies import json_body, records
from pipelines.sources.contract import (
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    add_months,
    by_month,
    excerpt,
    halves,
    html_judgement,
    month_range,
    retry_after,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import Rule, admit, one_of, tidy
from pipelines.sources.un_comtrade_releases import FILE_NAME, file_rows, release_rows
from pipelines.sources.un_comtrade_rows import (
    API_COLUMNS,
    FLOWS,
    HEADINGS,
    REPORTERS,
    SUBHEADINGS,
    api_codes,
    api_columns,
    api_measures,
    bulk_rows,
    world_controls,
)

MONTHLY, ANNUAL, ORIGINS = "comtrade_monthly", "comtrade_annual", "comtrade_reexport_origins"
PREVIEW_MONTHLY, PREVIEW_ANNUAL = "comtrade_preview_monthly", "comtrade_preview_annual"
RELEASED_MONTHLY, RELEASED_ANNUAL = "comtrade_availability_monthly", "comtrade_availability_annual"
FILES, BULK_MONTHLY, BULK_ANNUAL = "comtrade_bulk_files", "comtrade_bulk_monthly", "comtrade_bulk_annual"
PREVIEWS, RELEASED, BULK = (PREVIEW_MONTHLY, PREVIEW_ANNUAL), (RELEASED_MONTHLY, RELEASED_ANNUAL), (BULK_MONTHLY, BULK_ANNUAL)
CAP, PREVIEW_CAP = 100_000, 500
FIRST = date(2010, 1, 1)
HUBS = ("HKG", "SGP", "MYS", "ARE")
TOTALS = (("customsCode", "C00"), ("motCode", "0"))
COUNT = re.compile(rb'"count"\s*:\s*(\d+)')
ERROR = re.compile(rb'"(?:error|errorMessage)"\s*:\s*"([^"]+)"')
HEAD = 1_000_000  # of a body larger than memory only so much is judged
EDGE = 2_000  # count and error stand at the ends of a body
PACKED = (b"\x1f\x8b", b"PK")
ELAPSED = re.compile(rb'"elapsedTime"\s*:\s*"[^"]*"\s*,?')
QUOTA_ENDS = re.compile(r"replenished in (\d+):(\d{2}):(\d{2})")
TRY_AGAIN = re.compile(r"[Tt]ry again in (\d+) second")


class UnComtrade(Source):
    """Totals over second partner, procedure and transport; World (code 0) is the control total and stays as World."""

    source_id: ClassVar[str] = "comtrade"
    terms: ClassVar[Terms] = Terms(
        base_url="https://comtradeapi.un.org",
        licence_id="un_comtrade",
        notice="Source: UN Comtrade, United Nations Statistics Division. Rows may not be passed on.",
        key_in="header:Ocp-Apim-Subscription-Key",
        key_help="A free key: sign up at comtradedeveloper.un.org, Products, comtrade - v1. Bulk files need a premium key.",
        calls_per_second=1.0,
        calls_per_day=500,
        codes="comtrade",
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(
            MONTHLY, "Monthly trade by reporter, USD", FIRST, 120, 24,
            divided_by="reporter", divisions=tuple(REPORTERS), needs_key=True,
        ),
        Feed(
            ANNUAL, "Annual trade by reporter, USD", FIRST, 270, 3, "A",
            divided_by="reporter", divisions=tuple(REPORTERS), needs_key=True,
        ),
        Feed(
            ORIGINS, "Monthly re-exports of hubs by destination and origin, USD", FIRST, 120, 24,
            divided_by="reporter", divisions=HUBS, needs_key=True,
        ),
        Feed(
            PREVIEW_MONTHLY, "Monthly trade by reporter, headings only, without a key, USD", FIRST, 120, 24,
            divided_by="reporter", divisions=tuple(REPORTERS),
        ),
        Feed(
            PREVIEW_ANNUAL, "Annual trade by reporter, headings only, without a key, USD", FIRST, 270, 3, "A",
            divided_by="reporter", divisions=tuple(REPORTERS),
        ),
        Feed(RELEASED_MONTHLY, "Which months each reporter has released, and when", FIRST, 30, 24, table=ReleaseAvailability),
        Feed(RELEASED_ANNUAL, "Which years each reporter has released, and when", FIRST, 90, 3, "A", table=ReleaseAvailability),
        Feed(
            FILES, "Which bulk files there are, and when each was published", FIRST, 120, 24,
            table=ReleaseAvailability, divided_by="reporter", divisions=tuple(REPORTERS), needs_key=True,
        ),
        Feed(
            BULK_MONTHLY, "Bulk files of months, all breakdowns, USD", FIRST, 120, 24,
            divided_by="reporter", divisions=tuple(REPORTERS), needs_key=True, is_bulk=True, bulk_delimiter="\t",
        ),
        Feed(
            BULK_ANNUAL, "Bulk files of years, all breakdowns, USD", FIRST, 270, 3, "A",
            divided_by="reporter", divisions=tuple(REPORTERS), needs_key=True, is_bulk=True, bulk_delimiter="\t",
        ),
    )  # fmt: skip

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question for each period and reporter; a bulk feed first asks which files there are."""
        starts = sorted({date(day.year, 1, 1) if feed.frequency == "A" else date(day.year, day.month, 1) for day in periods})
        name = FILES if feed.is_bulk else feed.dataset_id
        narrowed = self._narrowed(feed, division)
        return [
            Ask(name, start, start if feed.frequency == "M" else add_months(start, 11)).narrow(**narrowed) for start in starts
        ]

    def _narrowed(self, feed: Feed, division: str) -> dict[str, str]:
        if feed.dataset_id in RELEASED:
            return {"freq": feed.frequency}
        where = {"freq": feed.frequency, "reporter": _reporter_code(division)}
        if feed.is_bulk or feed.dataset_id == FILES:
            return where | ({"then": feed.dataset_id} if feed.is_bulk else {})
        codes = HEADINGS if feed.dataset_id in PREVIEWS else (*HEADINGS, *SUBHEADINGS)
        return where | {"codes": ",".join(codes), "flows": "RX" if feed.dataset_id == ORIGINS else ",".join(FLOWS)}

    def request(self, ask: Ask) -> Request:
        """Always the totals over procedures and transport, and over second partners unless origins are wanted."""
        freq = ask.get("freq")
        if ask.get("file"):
            return Request(f"bulk/v1/file/{ask.get('file')}")
        periods = (("period", ",".join(_periods(ask))),)
        if ask.dataset_id in RELEASED:
            return Request(f"public/v1/getDa/C/{freq}/HS", periods)
        where = (("reporterCode", ask.get("reporter")), *periods)
        if ask.dataset_id == FILES:
            return Request(f"bulk/v1/get/C/{freq}/HS", where)
        what = (("cmdCode", ask.get("codes")), ("flowCode", ask.get("flows")), *TOTALS)
        second = () if ask.dataset_id == ORIGINS else (("partner2Code", "0"),)
        cap = PREVIEW_CAP if ask.dataset_id in PREVIEWS else CAP
        limits = (("maxRecords", str(cap)), ("breakdownMode", "plus"))
        path = "public/v1/preview" if ask.dataset_id in PREVIEWS else "data/v1/get"
        return Request(f"{path}/C/{freq}/HS", (*where, *what, *second, *limits))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """Quota, pace and key by status and message; an error inside a 200; as many rows as the cap means cut."""
        found = _refusal(answer) or status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, "no rows") if found.kind is Kind.EMPTY else found
        return _judged_file(answer.body) if ask.get("file") else _judged(ask, answer.body)

    def split(self, ask: Ask) -> list[Ask]:
        """By period, then by code, then by flow; there is one reporter in a question."""
        if ask.get("file") or not ask.get("codes"):
            return []
        return _by_period(ask) or halves(ask, "codes") or halves(ask, "flows")

    def follow(self, ask: Ask, body: bytes) -> list[Ask]:
        """The files of a list of bulk files, each by its name and day of publication."""
        if not ask.get("then"):
            return []
        place = Place(self.source_id, ask.ask_id)
        try:
            files = [file for file in _listed(json_body(body, place), place) if isinstance(file, dict)]
        except InputError:
            return []  # the list itself is rejected by name when it is taken in
        return [_file_ask(ask, file) for file in files if re.search(FILE_NAME, str(file.get("fileUrl")))]

    def is_final(self, ask: Ask) -> bool:
        """A bulk file is asked for by name and day of publication, so it is asked for once."""
        return bool(ask.get("file"))

    def canonical(self, body: bytes) -> bytes:
        """Without the time that the answer took."""
        return ELAPSED.sub(b"", body, count=1)

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Rows of the answer: of trade, or of what is released."""
        found = _listed(json_body(body, release.place), release.place)
        if ask.dataset_id in RELEASED:
            return release_rows(found, release, codes)
        if ask.dataset_id == FILES:
            return file_rows(found, release, codes)
        text = records(found, release.place, API_COLUMNS)
        admitted = admit(text, API_COLUMNS, _rules(ask, codes), release.place)
        rows = tidy(admitted.good, release, api_columns(codes))
        return admitted.parsed(rows, controls=world_controls(rows))

    def bulk_text(self, ask: Ask, text: TextTable, release: Release, codes: Codes) -> Parsed:
        """One batch of a bulk file: totals of the followed headings; breakdowns, other codes and other flows are set aside."""
        return bulk_rows(text, release, codes)


def _reporter_code(division: str) -> str:
    """Comtrade's number of a reporter; raises UsageError for Taiwan, which reports nothing, and for unknown letters."""
    code = REPORTERS.get(division, division)
    if not code.isdigit() or code == "490":
        known = ", ".join(REPORTERS)
        remedy = "ask the partners' reports for Taiwan (code 490)" if division in ("TWN", "490") else "or a Comtrade number"
        raise UsageError(f"comtrade: found reporter {division!r}; expected one of {known}; {remedy}")
    return code


def _periods(ask: Ask) -> list[str]:
    """YYYY for years and YYYYMM for months: the other spelling is answered with no rows and no error."""
    if ask.get("freq") == "A":
        return [str(year) for year in range(ask.start.year, ask.end.year + 1)]
    return [f"{month:%Y%m}" for month in month_range(ask.start, ask.end)]


def _by_period(ask: Ask) -> list[Ask]:
    return by_month(ask) if ask.get("freq") == "M" else []


def _file_ask(ask: Ask, file: dict[str, Any]) -> Ask:
    published = str(file.get("publicationDate", ""))[:10]
    narrowed = {"freq": ask.get("freq"), "reporter": ask.get("reporter"), "file": str(file["fileUrl"]), "published": published}
    return Ask(ask.get("then"), ask.start, ask.end).narrow(**narrowed)


def _refusal(answer: Answer) -> Judgement | None:
    """What the messages of the gateway say: quota used up, too fast, question too long; None for anything else."""
    told = excerpt(answer.body, 400)
    if b"Request URL Too Long" in answer.body[:EDGE] or answer.status == 414:
        return Judgement(Kind.SPLIT, "the question is too long")
    if answer.status in (401, 403, 429) and "quota" in told.lower():
        ends = QUOTA_ENDS.search(told)
        hours, minutes, seconds = map(float, ends.groups()) if ends else (0.0, 0.0, 0.0)
        return Judgement(Kind.QUOTA, f"HTTP {answer.status}: {told}", hours * 3600 + minutes * 60 + seconds if ends else None)
    again = TRY_AGAIN.search(told)
    if answer.status == 429 and again and retry_after(answer) is None:
        return Judgement(Kind.WAIT, f"HTTP 429: {told}", float(again.group(1)))
    return None


def _judged(ask: Ask, body: bytes) -> Judgement:
    is_whole = body.rstrip().endswith(b"}") or len(body) >= HEAD
    if not body.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{") or not is_whole:
        return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(body)}")
    error = ERROR.search(body[-EDGE:]) or ERROR.search(body[:EDGE])
    if error:
        return Judgement(Kind.REFUSED, excerpt(error.group(1)))
    count = COUNT.search(body[:EDGE]) or COUNT.search(body[-EDGE:])
    n_rows = int(count.group(1)) if count else -1
    cap = PREVIEW_CAP if ask.dataset_id in PREVIEWS else CAP
    if ask.get("codes") and n_rows >= cap:
        return Judgement(Kind.SPLIT, f"{n_rows} rows equal the cap of {cap}")
    if n_rows == 0:
        return Judgement(Kind.NOT_YET, "no rows: not released so far, or no such trade")
    return Judgement(Kind.DATA)


def _judged_file(body: bytes) -> Judgement:
    if body.startswith(PACKED) or b"primaryValue" in body[:EDGE]:
        return Judgement(Kind.DATA)
    return Judgement(Kind.REFUSED, f"no bulk file: {excerpt(body)}")


def _listed(found: Any, place: Place) -> list[Any]:
    """The rows of an answer; raises InputError when they are not as many as the answer counts."""
    rows = found.get("data") if isinstance(found, dict) else None
    count = str(found.get("count")) if isinstance(found, dict) else "none"
    if not isinstance(rows, list) or count != str(len(rows)):
        shown = f"{len(rows)} rows" if isinstance(rows, list) else "no list of rows"
        raise InputError(explain(place, f"{shown} where the answer counts {count}", "as many rows as counted", "fetch it again"))
    return rows


def _rules(ask: Ask, codes: Codes) -> list[Rule]:
    """What was asked for is what comes back: period and reporter, and no breakdown beside the totals."""
    whole = [one_of(name, [value]) for name, value in TOTALS]
    second = [] if ask.dataset_id == ORIGINS else [one_of("partner2Code", ["0"])]
    asked = [one_of("period", _periods(ask)), one_of("reporterCode", [ask.get("reporter")])]
    return [*asked, *whole, *second, *api_codes(codes), *api_measures()]
