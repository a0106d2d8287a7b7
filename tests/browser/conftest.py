"""A browser for the tests of pages: one for all of them, and the report of handmade frames or of the shipped data."""

import os
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
def page(request: pytest.FixtureRequest) -> str:
    """The address of the report of the shipped data; CHIPFLOWS_REPORT names one that is written already."""
    written = os.environ.get("CHIPFLOWS_REPORT")
    if written:
        return Path(written).resolve().as_uri()
    home: Path = request.getfixturevalue("built_home")
    return (home / "exports" / "report" / "index.html").as_uri()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known; leave these tests out with -m 'not browser'."""
    config.addinivalue_line("markers", "browser: drives Debian's chromium, which must be installed")
