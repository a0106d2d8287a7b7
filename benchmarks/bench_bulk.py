"""What taking in bulk files costs: `make bench-bulk`, or `python benchmarks/bench_bulk.py --rows 1000000 5000000 --markdown`.

Files in the shapes of Eurostat Comext and UN Comtrade are generated; each is then turned into Parquet by chipflows (validated
tidy rows), by a bare DuckDB COPY and by bare Polars, every time in a process of its own. See benchmarks/README.md.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import BenchFailed, Ran, describe_machine, load, run

CHECKOUT = Path(__file__).resolve().parents[1]
CHILD = Path(__file__).with_name("bulk_measured.py").resolve()
SHAPES = ("comext", "comtrade")
SHARES = (0.03, 1.0)
WAYS = ("chipflows", "duckdb", "polars")
TOLD = {"chipflows": "chipflows, validated tidy rows", "duckdb": "bare DuckDB COPY", "polars": "bare Polars"}


@dataclass(frozen=True)
class File:
    """A generated file: its shape, rows, and the share of rows with followed codes."""

    shape: str
    rows: int
    share: float

    @property
    def title(self) -> str:
        """What the table calls it."""
        return f"{self.shape}, {self.rows / 1e6:g} million rows, {self.share:.0%} followed"


@dataclass
class Sample:
    """Runs of one way over one file."""

    runs: list[Ran]
    rows_out: int = 0

    @property
    def seconds(self) -> float:
        """Median time."""
        return statistics.median(ran.seconds for ran in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """Median of the processor time over all cores, which other work on the machine disturbs least."""
        return statistics.median(json.loads(ran.output)["cpu"] for ran in self.runs)

    @property
    def peak_bytes(self) -> int:
        """Largest peak memory."""
        return max(ran.peak_bytes for ran in self.runs)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000], metavar="N", help="rows of each file")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="measured runs of each way (default: 1)")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("CHIPFLOWS_HOME") or CHECKOUT / "warehouse").resolve()
    home.mkdir(parents=True, exist_ok=True)
    machine = describe_machine(max(1, options.runs))
    files = [File(shape, rows, share) for shape in SHAPES for rows in options.rows for share in SHARES]
    try:
        results = {file: measured(file, home, max(1, options.runs)) for file in files}
    except BenchFailed as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    machine["load_after"] = load()
    write_json(home / "benchmarks" / "bulk.json", results, machine)
    sys.stdout.write("\n".join(report(results, machine, markdown=options.markdown)) + "\n")
    return 0


def measured(file: File, home: Path, runs: int) -> dict[str, Sample]:
    """Generate one file and take it in, in turn, in each way; the file is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".bench-bulk-", dir=home))
    try:
        path = folder / f"{file.shape}.txt"
        child(folder, "generate", file.shape, str(file.rows), str(file.share), str(path))
        child(folder, "warm", file.shape, str(path))
        samples = {way: Sample([]) for way in WAYS}
        for number in range(runs):
            sys.stderr.write(f"{file.title}: run {number + 1} of {runs}\n")
            for way, sample in samples.items():
                ran = child(folder, way, file.shape, str(path))
                sample.runs.append(ran)
                sample.rows_out = json.loads(ran.output)["rows"]
        return checked(file, samples)
    finally:
        shutil.rmtree(folder)


def checked(file: File, samples: dict[str, Sample]) -> dict[str, Sample]:
    """The samples, if all ways end with the same number of rows; a comparison of different work says nothing."""
    counts = {way: sample.rows_out for way, sample in samples.items()}
    if len(set(counts.values())) != 1 or not samples["chipflows"].rows_out:
        raise BenchFailed(f"{file.title}: rows differ, {counts}")
    return samples


def child(folder: Path, *words: str) -> Ran:
    """One process on this checkout."""
    environment = {**os.environ, "CHIPFLOWS_HOME": str(folder / "home"), "PYTHONPATH": str(CHECKOUT)}
    return run([sys.executable, str(CHILD), *words], environment, CHECKOUT)


def write_json(path: Path, results: dict[File, dict[str, Sample]], machine: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = {
        f"{file.title}: {way}": [ran.seconds for ran in s.runs] for file, ways in results.items() for way, s in ways.items()
    }
    peaks = {f"{file.title}: {way}": s.peak_bytes for file, ways in results.items() for way, s in ways.items()}
    path.write_text(json.dumps({"machine": machine, "seconds": seconds, "peak_bytes": peaks}, indent=1) + "\n", encoding="utf-8")


def report(results: dict[File, dict[str, Sample]], machine: dict[str, Any], *, markdown: bool) -> Iterator[str]:
    """One line for each file and way, and on what it was measured."""
    yield (
        f"Measured on {machine['day']}: {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, "
        f"{machine['runs']} run(s), load average {machine['load_before']} before and {machine['load_after']} after."
    )
    yield ""
    head = ("file", "way", "rows out", "seconds", "CPU seconds", "CPU against DuckDB", "peak memory MB")
    edge, between = ("| ", " | ") if markdown else ("", "  ")
    yield edge + between.join(head) + (" |" if markdown else "")
    if markdown:
        yield "|---|---|---:|---:|---:|---:|---:|"
    for file, ways in results.items():
        bare = ways["duckdb"].cpu_seconds
        for way, sample in ways.items():
            cells = (
                file.title, TOLD[way], str(sample.rows_out), f"{sample.seconds:.1f}", f"{sample.cpu_seconds:.1f}",
                f"{sample.cpu_seconds / bare:.1f}", f"{sample.peak_bytes / 1e6:.0f}",
            )  # fmt: skip
            yield edge + between.join(cells) + (" |" if markdown else "")


if __name__ == "__main__":
    sys.exit(main())
