"""The panel estimators give the same figures to the last digit with one thread or two and with any hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
FIGURES = """
import numpy as np
from panels import walks
from pipelines.estimators.event_did import did_regression, event_study_regression
from pipelines.estimators.event_pretrend import pretrend_test
from pipelines.estimators.event_series import step_fit
from pipelines.estimators.event_staggered import sun_abraham
from pipelines.estimators.event_synthetic import synthetic_control, synthetic_did
from pipelines.estimators.event_window import Window
from test_event_gravity import cube, ppml
from test_event_staggered import many
for p in (walks(6, 60, 1, treated=2), walks(14, 40, 2, treated=3)):
    for estimate in (did_regression, event_study_regression, synthetic_control, synthetic_did):
        print(repr(estimate(p)))
    window = Window(p.months, p.post.astype(float), np.where(p.post, "post", "pre"))
    for estimate in (step_fit, pretrend_test):
        print(repr(estimate(p.gap, window)))
print(sun_abraham(many()[0]), sun_abraham(many(units=8)[0]), ppml(cube()))
"""


def figures(threads, hash_seed):
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    path = os.pathsep.join(map(str, (CHECKOUT, CHECKOUT / "tests", CHECKOUT / "tests" / "unit")))
    settings = dict.fromkeys(names, threads) | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", FIGURES], env={**os.environ, **settings}, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.slow
def test_figures_do_not_depend_on_threads_or_the_hash_seed():
    alone = figures("1", "1")
    assert alone.count("\n") >= 13
    assert figures("2", "2") == alone


@pytest.mark.parametrize(("given", "kept"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_dense_algebra_takes_one_thread_unless_the_user_gives_a_number(given, kept):
    program = "import pipelines, os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    settings = others | {"PYTHONPATH": str(CHECKOUT)} | given
    done = subprocess.run([sys.executable, "-c", program], env=settings, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == kept
