"""The page: head, navigation, sections with their charts, foot; one file that asks for nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.exports.report.charts import Chart, Drawn, inline
from pipelines.exports.report.frames import Frames
from pipelines.exports.report.html import Html, el, figure, join, text
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections import (
    answers,
    changes,
    claims,
    drivers,
    events,
    flows,
    hubs,
    mix,
    prices,
    scenarios,
    sources,
)

TITLE = "AI chips: where they flow, and what replaces what"
LEAD = (
    "This report says where AI chips flow, and what is known about what replaces what when a rule opens or closes a lane. Each "
    "figure is taken from a table, has a range where there is one, and a label that says how much it may claim."
)
SECTIONS = (answers, flows, mix, prices, hubs, events, scenarios, claims, drivers, changes, sources)
HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
CHARTS = "charts"


def sections_of(frames: Frames) -> list[Section]:
    """Every section of the report, in the order in which it is read."""
    return [module.section(frames) for module in SECTIONS]


def render(frames: Frames, sections: Sequence[Section], drawn: Mapping[str, Drawn]) -> str:
    """The whole page from its sections and the drawings of their charts by name."""
    links = [el("li", el("a", section.title, href=f"#{section.key}")) for section in sections]
    body = join(
        [
            el("a", "Skip to the answers", href="#main", class_="skip"),
            el("header", el("h1", TITLE), el("p", LEAD), _as_of(frames)),
            el("nav", el("ul", *links), aria_label="Sections"),
            el("main", *(_section(section, drawn) for section in sections), id="main", tabindex="-1"),
            el("footer", el("p", "Written by chipflows from the tables that lie beside this page as CSV files.")),
            el("script", Html(_file("report.js"))),
        ],
        "\n",
    )
    return f'<!DOCTYPE html>\n<html lang="en">\n{_head()}\n<body>\n{body}\n</body>\n</html>\n'


def _head() -> Html:
    return el(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        Html('<link rel="icon" href="data:,">'),
        el("title", TITLE),
        el("style", Html(_file("report.css"))),
    )


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _as_of(frames: Frames) -> Html:
    run = sources.run_of(frames)
    if run is None:
        return join([])
    known = el("strong", "As of ", figure(run, "as_of", "day"))
    return el(
        "p", known, ": what was public on that day. Release ", figure(run, "warehouse_release_id", "words"), ".", class_="asof"
    )


def _section(section: Section, drawn: Mapping[str, Drawn]) -> Html:
    heading = el("h2", section.title, id=f"{section.key}-title")
    content: list[Html] = []
    row: list[Html] = []
    for part in section.parts:
        if isinstance(part, Chart):
            row.append(_figure(part, drawn[part.name]))
        elif row and part.startswith('<p class="finding"'):
            row[-1] = _with_note(row[-1], part)
        else:
            content += [_grid(row), part] if row else [part]
            row = []
    content += [_grid(row)] if row else []
    return el("section", heading, *content, id=section.key, aria_labelledby=f"{section.key}-title")


def _grid(figures: Sequence[Html]) -> Html:
    return el("div", *figures, class_="charts pairs" if len(figures) in (2, 4) else "charts")


def _with_note(shown: Html, note: Html) -> Html:
    return Html(shown.removesuffix("</figure>") + note + "</figure>")


def _figure(chart: Chart, drawn: Drawn) -> Html:
    files: list[Any] = [el("a", kind, href=f"{CHARTS}/{chart.name}.{kind.lower()}") for kind in ("PNG", "SVG", "CSV")]
    caption = el("figcaption", el("span", chart.title, data_title=chart.name), class_="heard", id=f"{chart.name}-title")
    image = el(
        "div",
        Html(inline(drawn)),
        role="img",
        aria_label=f"{chart.title}. {chart.described}",
        data_title=chart.name,
    )
    return el(
        "figure",
        caption,
        image,
        el("p", text("For slides: "), join(files, ", "), class_="slides"),
        id=f"chart-{chart.name}",
        data_label=chart.rung,
    )
