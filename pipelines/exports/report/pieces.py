"""The page cut into pieces of text, each with what it claims to be: a cell, a count, a text of a chart, or a template's words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img"}
BLOCKS = {
    "p",
    "li",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "dt",
    "dd",
    "figcaption",
    "caption",
    "summary",
    "button",
    "label",
    "text",
    "title",
}
SPOKEN = ("aria-label", "alt", "placeholder", "title")
SCALES = ("role-axis-label", "role-legend-label")


@dataclass(frozen=True)
class Piece:
    """A text of the page: which row, column and style it names, or which chart or count, and the label it stands under."""

    text: str
    kind: str  # cell, count, chart, scale, caption, words
    name: str = ""  # address of the row, name of the chart, or what is counted
    column: str = ""
    style: str = ""
    value: str | None = None
    rung: str = ""
    line: int = 0


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    kind: str
    texts: list[str] = field(default_factory=list)


class Pieces(HTMLParser):
    """All pieces of a page, in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self._open: list[_Open] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; texts for screen readers are pieces too."""
        named = {name: value or "" for name, value in attrs}
        for name in SPOKEN:
            if name in named:
                kind = "caption" if self._inherited("data-title", named) else "words"
                self._add(named[name], kind, named)
        if tag not in VOID:
            self._open.append(_Open(tag, named, _kind(named)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that holds nothing."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element; cells and blocks become pieces here."""
        opened = self._open.pop()
        content = " ".join("".join(opened.texts).split())
        if opened.kind:
            self._add(content, opened.kind, opened.attributes)
            if self._open:
                self._open[-1].texts.append(" · ")
        elif opened.tag in BLOCKS or not self._open:
            self._add(content, "words", opened.attributes)
        elif self._open:
            self._open[-1].texts.append("".join(opened.texts))

    def handle_data(self, data: str) -> None:
        """Text goes to the innermost element; scripts and styles say nothing."""
        if self._open and self._open[-1].tag not in ("script", "style"):
            inside = self._inside_chart()
            if inside and data.strip():
                self._add(" ".join(data.split()), inside, {})
            elif not inside:
                self._open[-1].texts.append(data)

    def _add(self, content: str, kind: str, named: dict[str, str]) -> None:
        if content.strip(" ·"):
            name = {"count": named.get("data-count", ""), "cell": self._inherited("data-r", named)}.get(kind)
            if name is None:
                name = self._inherited("data-chart", named) or self._inherited("data-title", named)
            column, style = named.get("data-c", ""), named.get("data-f", "")
            rung = self._inherited("data-label", named)
            self.found.append(Piece(content, kind, name, column, style, named.get("value"), rung, self.getpos()[0]))

    def _inherited(self, attribute: str, named: dict[str, str]) -> str:
        own = named.get(attribute)
        outer = (item.attributes[attribute] for item in reversed(self._open) if attribute in item.attributes)
        return own if own is not None else next(outer, "")

    def _inside_chart(self) -> str:
        if not any("data-chart" in item.attributes for item in self._open):
            return ""
        roles = " ".join(item.attributes.get("class", "") for item in self._open)
        return "scale" if any(role in roles for role in SCALES) else "chart"


def _kind(named: dict[str, str]) -> str:
    return (
        "cell"
        if "data-c" in named
        else "count"
        if "data-count" in named
        else "caption"
        if "data-title" in named and "role" not in named
        else ""
    )
