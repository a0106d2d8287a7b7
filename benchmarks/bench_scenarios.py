"""What the scenarios cost: all shipped files on joint draws, `python benchmarks/bench_scenarios.py --draws 10000 --runs 5`.

Each run is a new process (`scenarios_measured.py`) that imports, reads the files, draws the base from the prior sheet, solves all
scenarios and periods, and computes all outputs and all amounts in every unit. Nothing here is a limit.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
CHILD = Path(__file__).with_name("scenarios_measured.py").resolve()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    runs = [one_run(given.draws) for _ in range(given.runs)]
    print(f"{given.draws} draws, {runs[0].pop('scenarios'):.0f} scenarios, {given.runs} runs: median (least to most)")
    for name in runs[0]:
        values = [run[name] for run in runs]
        print(f"{name:24} {statistics.median(values):10.2f} ({min(values):.2f} to {max(values):.2f})")


def one_run(draws: int) -> dict[str, float]:
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run([sys.executable, str(CHILD), str(draws)], env=environment, capture_output=True, text=True, check=True)
    return {**json.loads(done.stdout), "whole process, s": time.perf_counter() - start}


if __name__ == "__main__":
    main()
