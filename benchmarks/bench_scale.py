"""What the flow models cost on a table of world size: `python benchmarks/bench_scale.py --sizes 5e6 50e6`.

For every size it makes a world (comtrade_world.py), builds every flow model with the project's own build code on two threads and
under a memory limit, and does the same job in pandas, the way an analyst would write it. Each runs in a process of its own, and
both must arrive at the same totals, or the benchmark fails. The flow models are read from the graph: all staging and core models
that depend on stg_trade_obs, the metrics declared in the modules of ALL_MODULES, and what these read.
"""

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from comtrade_world import World, generate
from scale_measured import ALL_MODULES, MODULES_VARIABLE, flow_models, tidy_reads

CHILD = Path(__file__).with_name("scale_measured.py").resolve()
CHECKOUT = Path(__file__).resolve().parents[1]
TOLERANCE = 1e-9
GB = 1e9


class BenchFailed(Exception):
    """A measured process failed, or the two ways of doing the job disagree."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=float, nargs="+", default=[5e6, 50e6], metavar="N", help="trade records")
    parser.add_argument("--rows", type=float, metavar="N", help="one size only; --rows 200000 is a quick check of the benchmark")
    parser.add_argument("--memory", default="6GB", help="memory limit of DuckDB")
    parser.add_argument("--analyst-limit", type=float, default=14, metavar="GB", help="pandas is stopped above this")
    parser.add_argument("--modules", nargs="+", choices=ALL_MODULES, help="only the flow models declared in these modules")
    parser.add_argument("--no-analyst", action="store_true", help="leave the pandas job out")
    parser.add_argument("--folder", type=Path, help="where the data go; worlds found there are used again")
    parser.add_argument("--results", type=Path, help="write all figures to this JSON file, too")
    options = parser.parse_args(arguments)
    if options.modules:
        os.environ[MODULES_VARIABLE] = " ".join(options.modules)
    sizes = [int(options.rows)] if options.rows else sorted(int(size) for size in options.sizes)
    try:
        with _folder(options.folder) as folder:
            results = [measure(size, Path(folder), options) for size in sizes]
    except BenchFailed as error:
        sys.stderr.write(f"bench_scale: {error}\n")
        return 1
    if options.results:
        options.results.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(report(results, options)) + "\n")
    return 0


def _folder(given: Path | None) -> Any:
    if given is None:
        return tempfile.TemporaryDirectory(prefix="scale-")
    given.mkdir(parents=True, exist_ok=True)
    return _Kept(str(given.resolve()))


class _Kept:
    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, *_: object) -> None: ...


def measure(size: int, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everything about one size: the world, the warehouse, the analyst, and that the last two agree."""
    home = folder / f"world-{size}"
    world = World(rows=size)
    begun = time.perf_counter()
    if not (home / "lake").exists():
        _say(f"{size} records: generating")
        generate(world, home / "lake", tidy_reads(flow_models()))
    result: dict[str, Any] = {"size": size, "generated_s": time.perf_counter() - begun}
    _say(f"{size} records: building the flow models")
    result["warehouse"] = finished(run_child("warehouse", home, options.memory))
    shutil.rmtree(home / "scratch", ignore_errors=True)
    if not options.no_analyst:
        _say(f"{size} records: the same in pandas")
        result["analyst"] = run_child("analyst", home, limit_bytes=options.analyst_limit * GB)
        if "killed" not in result["analyst"]:
            require_agreement(result["warehouse"]["totals"], result["analyst"]["totals"])
    return result


def finished(run: dict[str, Any]) -> dict[str, Any]:
    """The warehouse run with the peaks over all its processes; raise BenchFailed when it was killed, so that a rerun goes on."""
    if "killed" in run:
        raise BenchFailed(
            f"the warehouse process was killed after {run['seconds']:.0f} s at {run['peak_bytes'] / GB:.1f} GB; "
            "expected it to end within this machine's memory; give a smaller --memory, or run the same command with --folder "
            "again: it goes on after the last finished model"
        )
    return {**run, **run["peaks"]}


def run_child(what: str, home: Path, *words: str, limit_bytes: float = math.inf) -> dict[str, Any]:
    """Run one part in a process of its own; stop it when its memory passes the limit, and say so in the result."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    answer = home / f"{what}.json"
    answer.unlink(missing_ok=True)
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, str(CHILD), what, str(home), str(answer), *words], env=environment, cwd=CHECKOUT)
    guard = Guard(process.pid, limit_bytes)
    guard.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    guard.ended = True
    spent = {"seconds": time.perf_counter() - begun, "peak_bytes": usage.ru_maxrss * 1024}
    if guard.killed or process.returncode == -signal.SIGKILL:
        return {**spent, "killed": True}
    if process.returncode:
        raise BenchFailed(f"the {what} process ended with {process.returncode}; its messages are above")
    return {**json.loads(answer.read_text(encoding="utf-8")), **spent}


class Guard(threading.Thread):
    """Looks at the memory of a process ten times a second and kills it above the limit, before the machine runs out."""

    def __init__(self, pid: int, limit_bytes: float) -> None:
        super().__init__(daemon=True)
        self.pid, self.limit_bytes = pid, limit_bytes
        self.killed = self.ended = False

    def run(self) -> None:
        status = Path(f"/proc/{self.pid}/statm")
        while not self.ended and status.exists():
            try:
                resident = int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
            except (OSError, IndexError):
                return
            if resident > self.limit_bytes and not self.ended:
                self.killed = True
                os.kill(self.pid, signal.SIGKILL)
                return
            time.sleep(0.1)


def require_agreement(warehouse: dict[str, float], analyst: dict[str, float]) -> None:
    """Raise BenchFailed unless every total that the analyst has is the same in the warehouse."""
    if not analyst:
        raise BenchFailed("the analyst has no totals, so nothing was compared")
    wrong = [
        f"{name}: warehouse {warehouse.get(name)}, analyst {value}"
        for name, value in analyst.items()
        if name not in warehouse or not math.isclose(warehouse[name], value, rel_tol=TOLERANCE, abs_tol=1)
    ]
    if wrong:
        raise BenchFailed("the two ways of doing the job disagree: " + "; ".join(wrong))


def report(results: list[dict[str, Any]], options: argparse.Namespace) -> Iterator[str]:
    """The tables, as Markdown."""
    yield from _overview(results, options)
    yield ""
    yield from _models(results)


def _overview(results: list[dict[str, Any]], options: argparse.Namespace) -> Iterator[str]:
    yield "| | " + " | ".join(f"{result['warehouse']['n_rows']:,} records" for result in results) + " |"
    yield "|---|" + "---:|" * len(results)
    rows: dict[str, Callable[[dict[str, Any]], str]] = {
        "made-up world, s": lambda r: f"{r['generated_s']:.0f}" if r["generated_s"] > 0.5 else "kept",
        "loading, s": lambda r: f"{r['warehouse']['load_s']:.1f}",
        "flow models, s": lambda r: f"{models_s(r):.1f}",
        "peak memory, GB": lambda r: f"{r['warehouse']['peak_bytes'] / GB:.2f}",
        "peak temporary disk, GB": lambda r: f"{r['warehouse']['spill_bytes'] / GB:.1f}",
        "warehouse file, GB": lambda r: f"{r['warehouse']['file_bytes'] / GB:.1f}",
        "rows made": lambda r: f"{sum(m['rows'] for m in r['warehouse']['models'].values()):,}",
    }
    if not options.no_analyst:
        rows |= {
            "the same in pandas, s": lambda r: _analyst(r, f"{r['analyst']['seconds']:.1f}"),
            "pandas, peak memory, GB": lambda r: f"{r['analyst']['peak_bytes'] / GB:.2f}",
            "same part of the job in the warehouse, s": lambda r: f"{shared_s(r):.1f}",
            "warehouse time / pandas time": lambda r: _analyst(r, f"{shared_s(r) / r['analyst']['seconds']:.2f}"),
        }
    for name, cell in rows.items():
        yield f"| {name} | " + " | ".join(cell(result) for result in results) + " |"


def _analyst(result: dict[str, Any], words: str) -> str:
    return "out of memory" if "killed" in result["analyst"] else words


def models_s(result: dict[str, Any]) -> float:
    return sum(model["seconds"] for model in result["warehouse"]["models"].values())


def shared_s(result: dict[str, Any]) -> float:
    """Loading and those models that do what the analyst's job does."""
    shared = result["warehouse"]["shared"]
    models = result["warehouse"]["models"]
    return float(result["warehouse"]["load_s"] + sum(models[name]["seconds"] for name in models if name in shared))


def _models(results: list[dict[str, Any]]) -> Iterator[str]:
    """Seconds, with seconds of CPU in brackets; and how both grow from the smallest to the largest size."""
    runs = [result["warehouse"] for result in results]
    factor = runs[-1]["n_rows"] / runs[0]["n_rows"]
    growth = ("growth, s", "growth, CPU") if len(runs) > 1 else ()
    head = ("model", *(f"s (CPU), {run['n_rows'] / 1e6:.1f} M" for run in runs), "rows made", *growth)
    yield "| " + " | ".join(head) + " |"
    yield "|---|" + "---:|" * (len(head) - 1)
    models = runs[-1]["models"]
    whole = {"seconds": 0.0, "cpu": 0.0, "rows": 0}
    totals = [{key: sum(m[key] for m in run["models"].values()) for key in whole} for run in runs]
    for name, spent in [*((name, [run["models"][name] for run in runs]) for name in models), ("all flow models", totals)]:
        if spent[-1]["seconds"] >= 1:
            cells = [f"{one['seconds']:.1f} ({one['cpu']:.1f})" for one in spent]
            grown = [exponent(spent[0][key], spent[-1][key], factor) for key in ("seconds", "cpu")] if growth else []
            yield f"| {name} | " + " | ".join([*cells, f"{spent[-1]['rows']:,}", *grown]) + " |"


def exponent(small: float, large: float, factor: float) -> str:
    """Growth of the time with the size as a power: 1 is linear."""
    return f"{math.log(large / max(small, 0.01)) / math.log(factor):.2f}"


def _say(words: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {words}\n")


if __name__ == "__main__":
    sys.exit(main())
