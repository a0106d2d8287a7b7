"""The claim chain as a page to open and print: what was claimed, what each unit says, which label it gets and why.

One self-contained HTML file without scripts, written from exports.rpt_claim_chain. Every figure stands in a `data` element whose
value is the figure of the table, so that page and table can be held against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

import duckdb
import polars as pl

from pipelines.exports.wording import UNLABELLED, require_drawn_wording
from pipelines.schemas.tables.exports_draws import RptClaimChain

PAGE = "claim_chain.html"
TITLE = "The claim chain: what was claimed and what the data say"
LEAD = (
    "In July 2025 an article said that smuggled demand for banned chips dropped once licensed sales were allowed again. "
    "This page takes that story apart, link by link. A link is answered in several units where the unit moves the answer."
)
HOW_TO_READ = (
    "Low and high are a 90 % interval of joint draws unless the reason says otherwise; where a claim is a floor, low is the "
    "floor itself and the centre is set by a convention."
)
SCALES = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
HEADS = ("link", "low", "centre", "high", "verdict", "label")
STYLE = (
    "body{font:16px/1.5 Georgia,'Times New Roman',serif;color:#1f2328;background:#fff;max-width:52rem;margin:2rem auto;"
    "padding:0 1rem}"
    "h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.2rem;margin:2.2rem 0 .3rem}table{border-collapse:collapse;width:100%;"
    "font:14px/1.4 Helvetica,Arial,sans-serif}caption{text-align:left;padding:.3rem 0;color:#57606a}"
    "th,td{padding:.3rem .5rem;border-bottom:1px solid #d0d7de;text-align:left;vertical-align:top}td.n{text-align:right}"
    "thead th{border-bottom:2px solid #57606a}dt{font-weight:bold;margin-top:.5rem}dd{margin:0}"
    "footer{margin-top:2.5rem;color:#57606a}"
    "@media print{body{margin:0;max-width:none}section{break-inside:avoid}a{color:inherit}}"
)
Row = Mapping[str, object]


def chain_page(con: duckdb.DuckDBPyConnection) -> bytes:
    """The page of the published warehouse; raises CheckFailed where one of its texts says more than its rung allows."""
    columns = ", ".join(f"links.{column.name}" for column in RptClaimChain.columns)
    rows = con.sql(
        f"SELECT {columns}, claims.publisher, claims.url FROM {RptClaimChain.full_name()} AS links "
        "LEFT JOIN core.fact_claim AS claims ON links.claim_id = claims.claim_id ORDER BY links.link_no"
    ).pl()
    release, as_of = con.sql("SELECT warehouse_release_id, as_of FROM core.run").fetchall()[0]
    page = render(rows, str(release), str(as_of))
    require_drawn_wording(page, UNLABELLED, PAGE)
    return page.encode()


def render(rows: pl.DataFrame, release: str, as_of: str) -> str:
    """The whole page from the rows of the chain with publisher and page of each link's claim."""
    sections = [list(group) for _, group in groupby(rows.iter_rows(named=True), key=lambda row: int(row["link_no"]) // 10)]
    body = "\n".join(line for number, group in enumerate(sections, start=1) for line in _section(number, group))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(TITLE)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(TITLE)}</h1>\n<p>{escape(LEAD)}</p>\n"
        f"<p>{escape(HOW_TO_READ)}</p>\n<p>As of {as_of}.</p>\n{body}\n</main>\n{_footer(release)}\n</body>\n</html>\n"
    )


def figure(value: float | None) -> str:
    """A figure to three significant digits with its value in full, or words where there is none."""
    if value is None:
        return "none"
    return f'<data value="{value!r}">{escape(shown(value))}</data>'


def shown(value: float) -> str:
    """Three significant digits in plain notation, large figures with a word."""
    for size, word in SCALES:
        if abs(value) >= size:
            return f"{float(f'{value:.3g}') / size:.3g}{word}"
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:.3g}"


def _section(number: int, rows: Sequence[Row]) -> Iterator[str]:
    yield f'<section aria-labelledby="link-{number}">'
    yield f'<h2 id="link-{number}">{escape(_question(rows))}</h2>'
    yield from _said("Claimed", rows, "link_claim")
    units = "; ".join(dict.fromkeys(str(row["link_unit"]) for row in rows if row["link_unit"]))
    yield f"<table><caption>{escape(units)}</caption><thead><tr>"
    yield "".join(f'<th scope="col">{head}</th>' for head in HEADS) + "</tr></thead><tbody>"
    yield from (_table_row(row, rows) for row in rows)
    yield "</tbody></table><dl>"
    for head, column in (("Why this verdict", "link_reason"), ("What would change it", "deciding_datum")):
        told = dict.fromkeys(str(row[column]) for row in rows)
        yield f"<dt>{head}</dt>" + "".join(f"<dd>{escape(text)}.</dd>" for text in told)
    yield f"<dt>Source</dt><dd>{_source(rows[0])}</dd></dl></section>"


def _question(rows: Sequence[Row]) -> str:
    """The question that the links of a section share: their title without the unit, or the title of the first."""
    cut = {str(row["link_title"]).rpartition(", in ")[0] for row in rows}
    return f"{cut.pop()}?" if len(cut) == 1 and cut != {""} else str(rows[0]["link_title"])


def _said(head: str, rows: Sequence[Row], column: str) -> Iterator[str]:
    for text in dict.fromkeys(str(row[column]) for row in rows):
        yield f"<p><strong>{head}:</strong> {escape(text)}.</p>"


def _table_row(row: Row, rows: Sequence[Row]) -> str:
    title = str(row["link_title"])
    shared = _question(rows) != title and ", in " in title
    name = title.rpartition(", in ")[2].rstrip("?") if shared else title
    cells = "".join(f'<td class="n">{figure(_number(row[end]))}</td>' for end in ("link_low", "link_central", "link_high"))
    verdict, label = (escape(str(row[column]).replace("_", " ")) for column in ("link_verdict", "evidence_label"))
    return f'<tr><th scope="row">{row["link_no"]}. {escape(name)}</th>{cells}<td>{verdict}</td><td>{label}</td></tr>'


def _number(cell: object) -> float | None:
    return None if cell is None else float(str(cell))


def _source(row: Row) -> str:
    name = f"{row['publisher']} ({row['claim_id']})" if row["publisher"] else "not public on this day"
    url = str(row["url"] or "")
    return f'<a href="{escape(url, quote=True)}">{escape(name)}</a>' if url.startswith("http") else escape(name)


def _footer(release: str) -> str:
    verdicts = RptClaimChain.column("link_verdict").meaning.replace("_", " ")
    label = RptClaimChain.column("evidence_label").meaning
    return (
        f"<footer><p>Verdicts: {escape(verdicts)}.</p><p>Label: {escape(label)}; from weakest to strongest "
        f"{escape(', '.join(RptClaimChain.column('evidence_label').allowed).replace('_', ' '))}.</p>"
        f"<p>Written from rpt_claim_chain.csv of release {escape(release)}; figures to three digits, in full in that table.</p>"
        "</footer>"
    )
