"""A picture does not depend on the fonts of the machine, and drawing one leaves the environment as it was."""

import hashlib
import os
import subprocess
import sys

import pytest

FONTS_OF = "FONTCONFIG_FILE"
DRAW = """
import hashlib, os, altair as alt
from pipelines.exports.report.charts import Chart, Pen
drawing = alt.Chart(alt.InlineData([{"x": 1}])).mark_text(text="Wafers 0.25").encode(x=alt.X("x:Q"))
before = dict(os.environ)
with Pen() as pen:
    drawn = pen.begin([Chart("text", "Letters", "", drawing, [])])()["text"]
assert dict(os.environ) == before
print(hashlib.sha256(drawn.png + drawn.svg.encode()).hexdigest())
"""
NO_FONTS = "<fontconfig><dir>/nonexistent</dir></fontconfig>"


def drawn_with(settings):
    done = subprocess.run([sys.executable, "-c", DRAW], env=settings, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig is how Linux finds its fonts")
def test_a_picture_is_the_same_with_and_without_fonts_of_the_machine(tmp_path):
    settings = {name: value for name, value in os.environ.items() if name != FONTS_OF}
    empty = tmp_path / "fonts.conf"
    empty.write_text(NO_FONTS, encoding="utf-8")
    first = drawn_with(settings)
    assert first == drawn_with({**settings, FONTS_OF: str(empty)}) and len(first) == len(hashlib.sha256().hexdigest())
