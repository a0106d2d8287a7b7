"""What the main job costs: `make bench`, or `python benchmarks/bench.py --runs 5 --markdown`.

Every figure comes from new processes that run on a copy of the checkout, in home folders below the current home. Nothing here
is a limit and nothing fails for being slow; see benchmarks/README.md for what each line means.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measured import BARE_ORDER, EXIT, ORDER, STARTUP

CHECKOUT = Path(__file__).resolve().parents[1]
CHILD = Path(__file__).with_name("measured.py").resolve()
COPIED = ("data", "sql", "pipelines", "workspace.yaml")
COMMAND = ("-c", "from pipelines.cli import main; main()")  # what the installed command `chipflows` runs
LIBRARIES = ("duckdb", "dagster", "polars", "pandera", "sqlglot", "pyarrow", "statsmodels")
EDITED = Path("sql", "metrics", "metric_premium.sql")
CONSTANT = "1.38"  # the server markup in that model; each edit raises it a little
NUMBER = "SELECT sum(reference_usd) AS reference_usd FROM metrics.metric_premium"
BARE = {part: f"bare: {part}" for part in BARE_ORDER}


@dataclass(frozen=True)
class Ran:
    """One process that has ended: seconds from start to end, peak memory of the largest process, what it printed."""

    seconds: float
    peak_bytes: int
    output: str


@dataclass
class Results:
    """Samples by line of the table, in the order in which they were first added."""

    samples: dict[str, list[float]] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    draws: dict[str, Any] = field(default_factory=dict)

    def add(self, line: str, seconds: float, peak_bytes: int = 0) -> None:
        self.samples.setdefault(line, []).append(seconds)
        self.peaks[line] = max(self.peaks.get(line, 0), peak_bytes)

    def median(self, line: str) -> float:
        return statistics.median(self.samples[line])

    def ratio(self, part: str = "") -> float:
        build, bare = self.median(BUILD), self.median(BARE_GRAPH)
        if part:
            build, bare = build - self.median(part), bare - self.median(BARE[part])
        return build / bare


BUILD, EDIT, EDIT_BUILD, EDIT_QUERY, BARE_GRAPH = (
    "chipflows build, fresh home",
    "edit to number",
    "edit: build --select",
    "edit: query",
    "same graph, bare DuckDB",
)


class BenchFailed(Exception):
    """A measured command failed or gave a wrong answer, so there is nothing to report."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="measured runs after one warm-up (default: 5)")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("CHIPFLOWS_HOME") or CHECKOUT / "warehouse").resolve()
    try:
        results, machine = measure(home, max(1, options.runs))
    except BenchFailed as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    written = write_json(home / "benchmarks" / "latest.json", results, machine)
    sys.stdout.write("\n".join(report(results, machine, markdown=options.markdown)) + "\n")
    sys.stderr.write(f"written to {written}\n")
    return 0


def measure(home: Path, runs: int) -> tuple[Results, dict[str, Any]]:
    """All measurements; each round takes every kind of run in turn, so that a busy minute does not fall on one kind alone."""
    results, machine = Results(), describe_machine(runs)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=home) as folder:
        bench = Bench(Path(folder), results)
        bench.prepare()
        for number in range(runs + 1):
            sys.stderr.write(f"round {number} of {runs}{' (warm-up, not counted)' if number == 0 else ''}\n")
            bench.round(number)
    machine["load_after"] = load()
    return results, machine


class Bench:
    """The copy of the checkout, the home folders and the rounds."""

    def __init__(self, folder: Path, results: Results) -> None:
        self.checkout, self.home, self.scratch = folder / "checkout", folder / "home", folder / "scratch"
        self.results = results
        self.number = ""

    def prepare(self) -> None:
        """Copy the checkout, build a home that stays, and write the plan of the bare run."""
        ignored = shutil.ignore_patterns("__pycache__")
        self.checkout.mkdir()
        for name in COPIED:
            source, target = CHECKOUT / name, self.checkout / name
            shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copyfile(source, target)
        self.run(self.home, *COMMAND, "build", "--quiet")
        self.part(self.home, "plan", str(self.home / "plan.json"))
        self.results.sizes = sizes(self.home)
        self.results.draws = json.loads(self.part(self.home, "draws", str(self.home)).output)

    def round(self, number: int) -> None:
        """One run of each kind; round 0 warms the page cache and the byte code and is not counted."""
        results = self.results if number else Results()
        self.cold_build(results)
        self.build_from_inside(results)
        self.bare_graph(results)
        self.edit_to_number(results, number)

    def cold_build(self, results: Results) -> None:
        with self.fresh_home() as home:
            ran = self.run(home, *COMMAND, "build", "--quiet")
        results.add(BUILD, ran.seconds, ran.peak_bytes)

    def build_from_inside(self, results: Results) -> None:
        with self.fresh_home() as home:
            for part, seconds in self.timed_part(home, "inside").items():
                results.add(part, seconds)

    def bare_graph(self, results: Results) -> None:
        with self.fresh_home() as home:
            begun = time.monotonic()
            ran = self.part(self.home, "bare", repr(begun), str(self.home / "plan.json"), str(home / "bare.duckdb"))
        results.add(BARE_GRAPH, ran.seconds, ran.peak_bytes)
        for part, seconds in with_exit(ran, begun).items():
            results.add(BARE[part], seconds)

    def edit_to_number(self, results: Results, number: int) -> None:
        path = self.checkout / EDITED
        text = path.read_text(encoding="utf-8")
        old, new = (f"{float(CONSTANT) + n / 1000:.3f}" if n else CONSTANT for n in (number, number + 1))
        if old not in text:
            raise BenchFailed(f"{EDITED} has no constant {old} to edit; name another one in benchmarks/bench.py")
        path.write_text(text.replace(old, new), encoding="utf-8")
        built = self.run(self.home, *COMMAND, "build", "--select", path.stem, "--quiet")
        asked = self.run(self.home, *COMMAND, "query", "--format", "csv", NUMBER)
        if asked.output == self.number:
            raise BenchFailed(f"{NUMBER}: still {asked.output!r} after the edit of {EDITED}")
        self.number = asked.output
        results.add(EDIT, built.seconds + asked.seconds, max(built.peak_bytes, asked.peak_bytes))
        results.add(EDIT_BUILD, built.seconds, built.peak_bytes)
        results.add(EDIT_QUERY, asked.seconds, asked.peak_bytes)

    def timed_part(self, home: Path, name: str) -> dict[str, float]:
        begun = time.monotonic()
        return with_exit(self.part(home, name, repr(begun)), begun)

    def part(self, home: Path, *words: str) -> Ran:
        return self.run(home, str(CHILD), *words)

    def run(self, home: Path, *words: str) -> Ran:
        """Run Python with these words on the copied checkout; raises BenchFailed with its messages."""
        home.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "CHIPFLOWS_HOME": str(home), "PYTHONPATH": str(self.checkout)}
        return run([sys.executable, *words], environment, self.checkout)

    @contextmanager
    def fresh_home(self) -> Iterator[Path]:
        self.scratch.mkdir()
        try:
            yield self.scratch
        finally:
            shutil.rmtree(self.scratch)


def run(command: list[str], environment: dict[str, str], folder: Path) -> Ran:
    """Run one command and wait for it with wait4, which gives the peak memory of its largest process."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise BenchFailed(f"{' '.join(command)} ended with {process.returncode}\n{err.read()}")
        return Ran(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), out.read())


def with_exit(ran: Ran, begun: float) -> dict[str, float]:
    """The parts a child printed, with the time from its last word to its end."""
    printed: dict[str, float] = json.loads(ran.output)
    last = printed.pop("last")
    return {**printed, EXIT: max(0.0, begun + ran.seconds - last)}


# --- report ------------------------------------------------------------------------------------------------------------------


def sizes(home: Path) -> dict[str, int]:
    """Bytes of what one build leaves in its home."""
    folders = {"lake": "lake", "archive of raw bytes": "archive", "exports": "exports", "Dagster's runs and events": "dagster"}
    found = {name: sum(p.stat().st_size for p in (home / f).rglob("*") if p.is_file()) for name, f in folders.items()}
    return {"warehouse file": (home / "chipflows.duckdb").stat().st_size, **found}


def load() -> float:
    return round(os.getloadavg()[0], 2)


def describe_machine(runs: int) -> dict[str, Any]:
    """Machine, versions, day and load."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "cores": cores,
        "processor": processor(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "runs": runs,
        "load_before": load(),
    }


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def write_json(path: Path, results: Results, machine: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = {line: [round(sample, 4) for sample in samples] for line, samples in results.samples.items()}
    peaks = {line: peak for line, peak in results.peaks.items() if peak}
    body = {"machine": machine, "seconds": seconds, "peak_bytes": peaks, "size_bytes": results.sizes, "draws": results.draws}
    path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    return path


def report(results: Results, machine: dict[str, Any], *, markdown: bool) -> Iterator[str]:
    """The tables and the paragraph that says on what they were measured."""
    yield from _comparison(results, machine)
    whole = [_timed(line, results, line) for line in (BUILD, EDIT, EDIT_BUILD, EDIT_QUERY, BARE_GRAPH)]
    yield from _table(("command", "median s", "min s", "max s", "peak memory MB"), whole, markdown)
    build = results.median(BUILD)
    inside = [_split(part, results, part, build) for part in ORDER if part in results.samples]
    yield from _table(("part of the build", "median s", "min s", "max s", "share of the build"), inside, markdown)
    bare = results.median(BARE_GRAPH)
    plain = [_split(part, results, name, bare) for part, name in BARE.items()]
    yield from _table(("part of the bare run", "median s", "min s", "max s", "share of the bare run"), plain, markdown)
    stored = [(name, f"{size / 1e6:.1f}") for name, size in results.sizes.items()]
    yield from _table(("on disk after one build", "MB"), stored, markdown)
    yield from _drawn(results.draws, markdown)


def _drawn(draws: dict[str, Any], markdown: bool) -> Iterator[str]:
    counts = draws["counts"]
    head = f"joint draws ({counts['quantities']} quantities x {counts['draws']} draws = {counts['rows']:,} rows)"
    kept = [(name, f"{size / 1e6:.1f} MB") for name, size in draws["size_bytes"].items()]
    asked = [(name, f"{1000 * statistics.median(seconds):.0f} ms") for name, seconds in draws["seconds"].items()]
    yield from _table((head, "size or median time"), [*kept, *asked], markdown)


def _comparison(results: Results, machine: dict[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    yield (
        f"Measured on {machine['day']}: {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, "
        f"{machine['system']}, Python {machine['python']}, {versions}. Median of {machine['runs']} runs after one warm-up; "
        f"load average {machine['load_before']} before and {machine['load_after']} after."
    )
    yield (
        f"A whole build takes {results.ratio():.1f} times as long as the same graph run bare in DuckDB "
        f"({results.median(BUILD):.2f} s against {results.median(BARE_GRAPH):.2f} s); "
        f"without start-up and imports on both sides {results.ratio(STARTUP):.1f} times."
    )


def _timed(line: str, results: Results, name: str) -> tuple[str, ...]:
    return (line, *_spread(results.samples[name]), f"{results.peaks[name] / 1e6:.0f}")


def _split(part: str, results: Results, name: str, whole: float) -> tuple[str, ...]:
    return (part, *_spread(results.samples[name]), f"{100 * results.median(name) / whole:.0f} %")


def _spread(samples: list[float]) -> tuple[str, str, str]:
    return f"{statistics.median(samples):.2f}", f"{min(samples):.2f}", f"{max(samples):.2f}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]], markdown: bool) -> Iterator[str]:
    yield ""
    if markdown:
        yield _line(head, "| ", " | ", " |")
        yield _line(("---", *("---:" for _ in head[1:])), "|", "|", "|")
        yield from (_line(row, "| ", " | ", " |") for row in rows)
    else:
        widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
        for row in (head, *rows):
            yield "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )


def _line(cells: Sequence[str], first: str, between: str, last: str) -> str:
    return first + between.join(cells) + last


if __name__ == "__main__":
    sys.exit(main())
