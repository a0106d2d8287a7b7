"""The page of the claim chain: every figure is the table's, texts are escaped, nothing is fetched or run."""

import re
from html.parser import HTMLParser

import polars as pl
import pytest

from pipelines.exports.chain_page import render, shown

ROWS = [
    (11, "How much, in chips?", "At least 1", "chips", 1e9, 1466131695.541979, None, "chips", "floor_only", "A floor", "A count"),
    (12, "How much, in dollars?", "At least 1", "usd", 0.0, 0.0375233677, -0.1, "usd", "bounded", "A floor", "A count"),
    (41, "What price <b>?", "Half & more", "usd", None, 0.5, None, "ratio", "supported", "One source", "Contracts"),
]
NAMES = """
link_no link_title link_claim unit_of_account link_low link_central link_high link_unit link_verdict link_reason deciding_datum
"""


def rows():
    frame = pl.DataFrame(ROWS, schema=NAMES.split(), orient="row")
    labels = [pl.lit("accounting").alias("evidence_label"), pl.lit("x-1").alias("claim_id")]
    return frame.with_columns(*labels, pl.lit("Paper").alias("publisher"), pl.lit("https://example.org/?a=1&b=2").alias("url"))


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.values = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "data":
            self.values.append(float(dict(attrs)["value"]))


@pytest.fixture(scope="module")
def page():
    return render(rows(), "2026-11-23-abc", "2026-11-23")


def test_every_figure_is_a_figure_of_the_table(page):
    figures = [cell for row in ROWS for cell in row[4:7] if cell is not None]
    assert Page(page).values == figures


def test_links_of_one_question_share_a_section_and_name_their_units(page):
    assert page.count("<section") == 2
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["How much?", "What price &lt;b&gt;?"]
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["11. chips", "12. dollars", "41. What price &lt;b&gt;?"]
    assert page.count("Why this verdict") == page.count("What would change it") == 2
    assert "Half &amp; more" in page


def test_the_page_needs_nothing_else(page):
    tags = Page(page).tags
    assert not {"script", "img", "link", "iframe", "object"} & set(tags)
    assert "url(" not in page and "@import" not in page
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert tags.count("caption") == tags.count("table") == 2
    assert '<html lang="en">' in page
    assert "@media print" in page


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1466131695.54, "1.47 billion"),
        (4.15e12, "4.15 trillion"),
        (68661.011, "68,700"),
        (999999.9, "1,000,000"),
        (0.0375, "0.0375"),
        (0.0, "0"),
        (-0.9667, "-0.967"),
        (1234567, "1.23 million"),
        (35000.0, "35,000"),
        (16.36, "16.4"),
    ],
)
def test_a_figure_is_shown_to_three_digits(value, words):
    assert shown(value) == words
