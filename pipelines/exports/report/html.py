"""Elements of the page: escaped text, figures and words that name the row they come from, tables that can be sorted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pipelines.exports.report.formats import STYLES
from pipelines.exports.report.frames import Row, measure_of

NO_VALUE = "none"
ADDRESSES = ("url", "origin_url")
LONG = 60  # a column with longer texts gets more room


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


@dataclass(frozen=True)
class Column:
    """One column of a table: head, the column of the row, how it is shown, and up to two ends of its interval."""

    head: str
    name: str
    style: str = "words"
    ends: tuple[str, str] | None = None


def text(content: str) -> Html:
    """Escaped text; HTML stays as it is."""
    return content if isinstance(content, Html) else Html(escape(content, quote=False))


def el(tag: str, *content: str, **attributes: str) -> Html:
    """One element; an attribute's underscores become hyphens (`class_` is `class`)."""
    named = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    return Html(f"<{tag}{named}>{join(content)}</{tag}>")


def join(parts: Iterable[str], between: str = "") -> Html:
    """Several parts as one."""
    return Html(between.join(text(part) for part in parts))


def figure(row: Row, column: str, style: str, *, with_address: bool = True) -> Html:
    """One cell as it is shown, with the row it comes from; the reason where it is empty."""
    value = row[column]
    if value is None:
        return _empty(row, column, with_address=with_address)
    place = {"data_r": row.address} if with_address else {}
    shown = STYLES[style](value)
    if style in ("words", "code", "flag"):
        return el("span", shown, **place, data_c=column, data_f=style)
    if style in ("day", "month"):
        return el("time", shown, datetime=str(value), **place, data_c=column, data_f=style)
    return el("data", shown, value=str(value), **place, data_c=column, data_f=style)


def words(row: Row, column: str) -> Html:
    """A text of a table, as it stands there, with the row it comes from."""
    return figure(row, column, "words")


def count(n: int, table: str, column: str = "", value: str = "") -> Html:
    """The number of rows of a table, or of those whose column holds a value."""
    where = f"{table}|{column}={value}" if column else table
    return el("data", f"{n:,}", value=str(n), data_count=where)


def interval(row: Row, low: str, high: str, style: str, *, with_address: bool = True) -> Html:
    """Both ends of an interval; nothing where there is none."""
    if row[low] is None or row[high] is None:
        return Html("")
    return join([figure(row, end, style, with_address=with_address) for end in (low, high)], " to ")


def label(row: Row) -> Html:
    """The evidence label of a row as a badge."""
    return el("span", figure(row, "evidence_label", "code"), class_=f"badge {row['evidence_label']}")


def table(caption: str, columns: Sequence[Column], found: Sequence[Row], *, name: str, filtered: bool = False) -> Html:
    """A table whose first column heads the rows; sorted by its heads, filtered by a field above it when asked."""
    if not found:
        return el("p", f"No row in this release: {caption[0].lower()}{caption[1:]}", class_="empty")
    columns = [column for column in columns if _is_told(column, found)]
    heads = [el("th", el("button", column.head, type="button"), scope="col") for column in columns]
    long = {column.name for column in columns if max(len(str(row[column.name])) for row in found) > LONG}
    body = [_row(columns, row, long) for row in found]
    shown = el(
        "table",
        el("caption", caption),
        el("thead", el("tr", *heads)),
        el("tbody", *body),
        id=f"table-{name}",
        class_="stack",
    )
    box = el("div", shown, class_="wide", role="region", aria_label=f"Table: {caption}", tabindex="0")
    return join([_filter(name, caption), box]) if filtered else box


def details(summary: str, *content: str) -> Html:
    """A part that is folded until somebody asks for it; printed unfolded."""
    return el("details", el("summary", summary), *content)


def _filter(name: str, caption: str) -> Html:
    spoken = escape(f"Show rows with, in the table: {caption}")
    field = Html(f'<input type="search" id="filter-{name}" data-filter="table-{name}" aria-label="{spoken}" autocomplete="off">')
    status = el("span", role="status", id=f"hits-table-{name}", class_="hits")
    return el("p", el("label", "Show rows with: ", for_=f"filter-{name}"), field, status, class_="filter")


def _row(columns: Sequence[Column], row: Row, long: set[str]) -> Html:
    first, *rest = columns
    cells = [el("th", _cell(first, row), scope="row")]
    cells += [
        el("td", _cell(column, row), data_head=column.head, **_class(column, long), **_order(column, row)) for column in rest
    ]
    return el("tr", *cells, data_r=row.address)


def _class(column: Column, long: set[str]) -> dict[str, str]:
    return (
        {"class_": "n"}
        if _is_number(column)
        else {"class_": "long"}
        if column.name in long and column.name not in ADDRESSES
        else {}
    )


def _order(column: Column, row: Row) -> dict[str, str]:
    return {"data_v": str(row[column.name])} if _is_number(column) and row[column.name] is not None else {}


def _cell(column: Column, row: Row) -> Html:
    value = row[column.name]
    if column.name in ADDRESSES:
        return link(str(value or ""), "source")
    if column.name.startswith("layout_"):
        return text(str(value))
    main = figure(row, column.name, column.style, with_address=False)
    if column.ends and _is_wide(column, row):
        ends = interval(row, *column.ends, column.style, with_address=False)
        return join([main, el("span", " (", ends, ")", class_="ends")]) if ends else main
    return main


def link(address: str, name: str) -> Html:
    """A link where the address is one of the web, else the name alone."""
    return el("a", name, href=address, rel="noreferrer") if address.startswith("http") else text(NO_VALUE)


def _is_wide(column: Column, row: Row) -> bool:
    """Whether the ends of the interval read otherwise than its middle."""
    if row[column.name] is None:
        return False
    shown = [STYLES[column.style](row[end]) for end in column.ends or () if row[end] is not None]
    return any(end != STYLES[column.style](row[column.name]) for end in shown)


def _is_told(column: Column, found: Sequence[Row]) -> bool:
    """A column that is empty in every row is left out, unless it is the one that the table is about."""
    return column.name == measure_of(found[0].table) or any(row[column.name] is not None for row in found)


def _is_number(column: Column) -> bool:
    return column.style not in ("words", "code", "flag", "day", "month")


def _empty(row: Row, column: str, *, with_address: bool) -> Html:
    reason = row.cells.get("absence_reason") if column in (measure_of(row.table), "") else None
    if not reason:
        return el("span", NO_VALUE, class_="none")
    place = {"data_r": row.address} if with_address else {}
    return el("span", el("span", STYLES["code"](reason), data_c="absence_reason", data_f="code", **place), class_="none")
