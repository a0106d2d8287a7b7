"""A browser for the tests of pages: one for all of them, and the report of handmade frames or of the shipped data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Tab, browser


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A new browser with an empty profile."""
    with browser(tmp_path_factory.mktemp("browser") / "profile") as opened:
        yield opened


@pytest.fixture(scope="session")
def page(built_home: Path) -> str:
    """The address of the report of the shipped data."""
    return (built_home / "exports" / "report" / "index.html").as_uri()
