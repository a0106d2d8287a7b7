"""The Dagster UI in a browser: launch the job, wait for success, open an asset, read its metadata and its checks, take pictures.

`CHIPFLOWS_UI=http://127.0.0.1:3000` tries a UI that runs already; `CHIPFLOWS_PICTURES=docs/pictures` writes the pictures there.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from chromium import Tab

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CHECKOUT = Path(__file__).resolve().parents[2]
START, SHOW, BUILD = 180.0, 60.0, 900.0
JOB = "/locations/chipflows/jobs/build_warehouse"
ASSET = "/assets/exports/rpt_mirror_gap"
DIALOG = ".dagster-dialog"
RUNS = "[...document.querySelectorAll('a')].map(a => a.href).filter(h => /runs\\/[0-9a-f-]{8,}/.test(h))"
TEXT = "document.body.innerText"
BUTTON = "[...document.querySelectorAll('button')].find(b => b.innerText.trim() === {words!r})"


@pytest.fixture(scope="module")
def ui(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a UI over a copy of the built home; it ends with the module."""
    running = os.environ.get("CHIPFLOWS_UI")
    if running:
        yield running
        return
    home = tmp_path_factory.mktemp("ui") / "home"
    shutil.copytree(request.getfixturevalue("built_home"), home, ignore=shutil.ignore_patterns("dagster"))
    port = free_port()
    command = [sys.executable, "-m", "pipelines.cli", "ui", "--port", str(port)]
    log = (home.parent / "ui.log").open("wb")
    environment = {**os.environ, "CHIPFLOWS_HOME": str(home), "PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        await_answer(f"http://127.0.0.1:{port}", process, Path(log.name))
        yield f"http://127.0.0.1:{port}"
    finally:
        os.kill(process.pid, signal.SIGINT)  # the UI ends its own processes
        process.wait(timeout=60)
        log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            with urlopen(f"{address}/server_info", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"no UI at {address} within {START:.0f} s: {log.read_text(encoding='utf-8')[-2000:]}")


def wait_for(tab: Tab, expression: str, seconds: float = SHOW) -> None:
    """Wait until an expression holds in the page; the failure shows what the page says instead."""
    end = time.monotonic() + seconds
    while not tab.ask(expression):
        assert time.monotonic() < end, f"{expression} did not hold within {seconds:.0f} s; the page says: {tab.ask(TEXT)[:1500]}"
        time.sleep(0.5)


def wait_for_words(tab: Tab, *words: str, seconds: float = SHOW) -> None:
    for each in words:
        wait_for(tab, f"{TEXT}.includes({each!r})", seconds)


def show(tab: Tab, address: str) -> None:
    tab.resize(1180, 720)
    tab.open(address)


def press_button(tab: Tab, words: str) -> None:
    found = BUTTON.format(words=words)
    wait_for(tab, f"!!{found} && !{found}.disabled")
    tab.ask(f"{found}.click()")


def picture(tab: Tab, name: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("CHIPFLOWS_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    tab.picture(folder / f"{name}.png")
    assert 10_000 < (folder / f"{name}.png").stat().st_size < 400_000


def test_the_job_is_launched_by_hand_and_succeeds(tab, ui, tmp_path):
    show(tab, f"{ui}{JOB}")
    wait_for_words(tab, "build_warehouse", "snapshot")
    time.sleep(3)  # earlier runs are listed a moment later
    before = set(tab.ask(RUNS))
    press_button(tab, "Materialize all")
    press_button(tab, "Confirm")  # live feeds were never asked, and the shipped data do without them
    new = f"{RUNS}.filter(h => !{sorted(before)!r}.includes(h))"
    wait_for(tab, f"{new}.length > 0")
    run = tab.ask(f"{new}[0]")
    show(tab, run)
    wait_for(tab, f"/\\bSuccess\\b|\\bFailure\\b/.test({TEXT})", BUILD)
    assert not tab.ask(f"/\\bFailure\\b/.test({TEXT})")
    show(tab, run)
    wait_for_words(tab, "Executing (0)", "Errored (0)", "package__csv")
    picture(tab, "ui-run", tmp_path)


def test_an_asset_shows_what_it_holds(tab, ui, tmp_path):
    show(tab, f"{ui}{ASSET}?view=overview")
    wait_for_words(tab, "Row count", "Description", "reports_mirror_gaps", "docs/flow-metrics.md", "first_rows", "made_by")
    assert "DECIMAL" in tab.ask(TEXT)
    picture(tab, "ui-asset", tmp_path)


def open_value(tab: Tab, key: str) -> str:
    """Open the dialog of one metadata entry; returns the expression of its cells."""
    link = f"[...document.querySelectorAll('tr')].find(r => r.cells[0]?.innerText.trim() === '{key}')?.querySelector('a')"
    wait_for(tab, f"!!{link}")
    tab.ask(f"{link}.click()")
    cells = f"[...document.querySelectorAll('{DIALOG} td')].map(c => c.innerText.trim())"
    wait_for(tab, f"{cells}.length > 0")
    time.sleep(1)  # the dialog fades in
    return cells


def test_an_asset_shows_its_first_rows(tab, ui, tmp_path):
    show(tab, f"{ui}{ASSET}?view=overview")
    tab.resize(1800, 720)
    row = "[...document.querySelectorAll('tr')].find(r => r.cells[0]?.innerText.trim() === 'first_rows')"
    wait_for(tab, f"!!{row}?.querySelector('table')")
    tab.ask(f"{row}.scrollIntoView({{block: 'center'}})")
    assert {"exporter_iso3", "raw_gap_usd", "USA"} <= set(tab.ask(f"{row}.querySelector('table').innerText").split())
    time.sleep(1)  # until it is drawn
    picture(tab, "ui-rows", tmp_path)


def await_images(tab: Tab, key: str, n: int) -> None:
    """Open the dialog of a metadata entry and wait until the browser has drawn its images."""
    link = f"[...document.querySelectorAll('tr')].find(r => r.cells[0]?.innerText.trim() === '{key}')?.querySelector('a')"
    wait_for(tab, f"!!{link}")
    tab.ask(f"{link}.click()")
    drawn = f"[...document.querySelectorAll('{DIALOG} img')].filter(i => i.complete && i.naturalWidth > 200 && i.alt).length"
    wait_for(tab, f"{drawn} === {n}")
    time.sleep(1)  # the dialog fades in


def test_an_asset_shows_a_picture_of_its_rows(tab, ui, tmp_path):
    show(tab, f"{ui}{ASSET}?view=overview")
    await_images(tab, "picture", 1)
    assert "Exporter minus importer" in tab.ask(f"document.querySelector('{DIALOG}').innerText")
    picture(tab, "ui-picture", tmp_path)


def test_the_package_shows_charts_of_the_report(tab, ui, tmp_path):
    show(tab, f"{ui}/assets/package/csv?view=overview")
    await_images(tab, "charts", 5)
    assert "/assets/exports/rpt_premium" in tab.ask(f"[...document.querySelectorAll('{DIALOG} a')].map(a => a.href).join(' ')")


def test_a_column_shows_what_it_is_made_of(tab, ui):
    show(tab, f"{ui}{ASSET}?view=overview")
    assert "metrics.metric_mirror_gap.gap_usd" in " ".join(tab.ask(open_value(tab, "columns_made_of")))


def test_an_asset_shows_its_checks(tab, ui, tmp_path):
    show(tab, f"{ui}{ASSET}?view=checks")
    wait_for_words(tab, "as_declared", "This is a blocking asset check")
    wait_for(tab, f"/Passed/i.test({TEXT})")
    assert not tab.ask(f"/Failed/i.test({TEXT})")
    picture(tab, "ui-checks", tmp_path)


def test_the_catalogue_is_in_groups_that_say_what_they_hold(tab, ui, tmp_path):
    show(tab, f"{ui}/asset-groups")
    wait_for_words(tab, "facts", "metrics_mirror_gaps", "reports_event_studies")
    picture(tab, "ui-groups", tmp_path)
