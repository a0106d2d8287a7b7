"""The report in a browser: sections, console, requests, keyboard, tables, phone, print, and the pictures of the README.

`CHIPFLOWS_PICTURES=docs/pictures` writes the pictures there; without it they go to a folder of the test.
"""

import os
from pathlib import Path

import pytest
from chromium import Tab, browser

from pipelines.exports.report.page import SECTIONS

pytestmark = [pytest.mark.slow, pytest.mark.browser]
KEYS = [module.__name__.rpartition(".")[2] for module in SECTIONS]
DESKTOP, PHONE = (1280, 900), (390, 844)
WIDTHS = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
PICTURES = {"report-answers": "#answers", "report-flows": "#flows .charts", "report-mix": "#mix .charts"}
NAMED = """[...document.querySelectorAll('{what}')].filter(e => !({test})).map(e => e.outerHTML.slice(0, 90))"""
CONTRAST = """(() => {
  const light = (c) => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255;
    return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!c.startsWith('rgba(0, 0, 0, 0')) return c } return 'rgb(255, 255, 255)' };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const svg = e.closest('svg'), s = getComputedStyle(e);
    const ink = svg ? s.fill : s.color; if (!ink.startsWith('rgb')) continue;
    const [a, b] = [light(ink), light(svg ? 'rgb(255,255,255)' : ground(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(e.tagName + ' ' + ink + ' ' + e.textContent.trim().slice(0, 40));
  }
  return [...new Set(poor)].slice(0, 10) })()"""


def show(tab: Tab, page: str, size: tuple[int, int] = DESKTOP) -> None:
    tab.resize(*size)
    tab.said.clear()
    tab.asked.clear()
    tab.open(page)


@WIDTHS
def test_every_section_is_there_and_nothing_is_said_or_asked(tab, page, size):
    show(tab, page, size)
    assert tab.ask("[...document.querySelectorAll('main > section')].map(s => s.id)") == KEYS
    assert tab.ask("[...document.querySelectorAll('nav a')].every(a => document.querySelector(a.hash + ' h2'))")
    assert not tab.said
    assert [address for address in tab.asked if not address.startswith("data:")] == [page]


@WIDTHS
def test_nothing_is_wider_than_the_window(tab, page, size):
    show(tab, page, size)
    assert tab.ask("document.documentElement.scrollWidth") <= size[0]
    assert tab.ask(NAMED.format(what="figure svg", test=f"e.getBoundingClientRect().right <= {size[0]}")) == []


def test_tables_have_heads_and_captions_and_charts_have_words(tab, page):
    show(tab, page)
    assert tab.ask(NAMED.format(what="table", test="e.caption && e.querySelectorAll('thead th[scope=col]').length > 1")) == []
    assert tab.ask(NAMED.format(what="tbody tr", test="e.querySelector('th[scope=row]')")) == []
    assert tab.ask(NAMED.format(what="[role=img], img", test="(e.getAttribute('aria-label') || e.alt || '').length > 30")) == []
    assert tab.ask(NAMED.format(what="input", test="e.ariaLabel && e.labels.length")) == []
    assert tab.ask("document.documentElement.lang") == "en"


def test_no_chart_is_empty(tab, page):
    show(tab, page)
    assert tab.ask("document.querySelectorAll('figure svg').length") > 10
    assert (
        tab.ask(
            NAMED.format(what="figure svg", test="e.querySelectorAll('[class*=role-mark] path, [class*=role-mark] line').length")
        )
        == []
    )


@WIDTHS
def test_words_stand_out_from_their_ground(tab, page, size):
    show(tab, page, size)
    assert tab.ask(CONTRAST) == []


def test_without_a_browser_the_test_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssertionError, match="apt-get install -y chromium"), browser(tmp_path / "profile"):
        pass


def test_the_first_tab_leads_past_the_navigation(tab, page):
    show(tab, page)
    tab.press("Tab")
    assert tab.ask("document.activeElement.className") == "skip"
    assert tab.ask("document.activeElement.getBoundingClientRect().left") >= 0
    tab.press("Enter")
    assert tab.ask("location.hash") == "#main"
    tab.press("Tab")
    assert tab.ask("document.activeElement.closest('main') !== null")


def test_tab_goes_through_the_page_in_its_order_and_shows_where_it_is(tab, page):
    show(tab, page)
    places = []
    for _ in range(len(KEYS) + 8):
        tab.press("Tab")
        places.append(tab.ask("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        assert tab.ask("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert places == sorted(set(places)), "each press leads to a later element"
    assert tab.ask("document.activeElement.closest('main') !== null")


def test_a_table_is_sorted_by_key(tab, page):
    show(tab, page)
    column = "[...document.querySelectorAll('#table-mix tbody tr')].map(r => Number(r.cells[3].dataset.v))"
    tab.ask("document.querySelectorAll('#table-mix thead button')[3].focus()")
    tab.press("Enter")
    found = tab.ask(column)
    assert len(found) > 10 and found == sorted(found)
    assert tab.ask("document.querySelectorAll('#table-mix thead th')[3].ariaSort") == "ascending"
    tab.press("Enter")
    assert tab.ask(column) == sorted(found, reverse=True)
    assert tab.ask("document.querySelectorAll('#table-mix [aria-sort]').length") == 1


def test_a_table_is_filtered_by_typing(tab, page):
    show(tab, page)
    tab.ask("document.getElementById('filter-mix').focus()")
    tab.send("Input.insertText", text="smuggled")
    shown = tab.ask("[...document.querySelectorAll('#table-mix tbody tr')].filter(r => !r.hidden).map(r => r.textContent)")
    assert shown and all("smuggled" in text for text in shown)
    assert tab.ask("document.getElementById('hits-table-mix').textContent") == f"{len(shown)} rows"


def test_a_phone_reads_a_table_as_cards(tab, page):
    show(tab, page, PHONE)
    assert tab.ask("getComputedStyle(document.querySelector('#table-mirror tbody tr')).display") == "block"
    heads = tab.ask("[...document.querySelectorAll('#table-mirror td')].every(c => c.dataset.head.length > 1)")
    assert heads


def test_it_prints_on_a_bounded_number_of_pages(tab, page, tmp_path):
    show(tab, page)
    tab.pdf(tmp_path / "report.pdf")
    body = (tmp_path / "report.pdf").read_bytes()
    assert body.startswith(b"%PDF") and 5 <= body.count(b"/Type /Page\n") + body.count(b"/Type /Page ") <= 60


def test_pictures_are_taken(tab, page, tmp_path):
    folder = Path(os.environ.get("CHIPFLOWS_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    show(tab, page)
    for name, selector in PICTURES.items():
        tab.picture(folder / f"{name}.png", selector, most=900)
    show(tab, page, PHONE)
    tab.picture(folder / "report-phone.png")
    sizes = [path.stat().st_size for path in folder.glob("report-*.png")]
    assert len(sizes) == len(PICTURES) + 1 and all(5_000 < size < 400_000 for size in sizes)
