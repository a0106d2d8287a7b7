"""`chipflows scenario`: list the scenarios, run a file, hold two against each other; all read-only."""

from pathlib import Path
from typing import Any

import click

from pipelines.errors import UsageError
from pipelines.exports.screen import show
from pipelines.home import Home

FORMATS = click.Choice(["table", "csv", "json"])
AS_OF = click.option("--as-of", metavar="DATE", help="The warehouse of that day (YYYY-MM-DD), if it was built.")
BASE = click.option("--base", metavar="PERIOD", help="Another base: prior-2025, or a year or half of the supply mix as 2024H2.")
ALPHA = click.option("--alpha", type=click.FloatRange(0, 1), help="Weight of compute against bandwidth; default: its draws.")
FORMAT = click.option("--format", "form", type=FORMATS, default="table", show_default=True)
OUTPUTS = click.Choice(["china_compute", "smuggled_share", "unmet", "vendor_net_usd"])
CAUTION = "in the model, given its base, its parameters and the values of the file; percentiles of 10,000 joint draws"
SHORT = ("scenario_period", "scenario_output", "channel", "outcome_unit")


@click.group()
def scenario() -> None:
    """What a rule, a buyer or a maker would change, in the model; see docs/scenarios.md."""


@scenario.command(name="list")
@AS_OF
@FORMAT
def list_scenarios(as_of: str | None, form: str) -> None:
    """List the scenarios of the warehouse."""
    from pipelines.scenarios.answers import listed

    show(listed(Home.from_environment().edition(as_of)), form, 1000)


@scenario.command(name="run")
@AS_OF
@click.argument("file")
@BASE
@ALPHA
@click.option("--sensitivity", is_flag=True, help="Tornado and Sobol indices instead of outcomes (prior base only).")
@FORMAT
def run_scenario(file: str, as_of: str | None, form: str, **asked: Any) -> None:
    """Run FILE, a scenario of your own (*.toml) or the name of one of the warehouse; nothing is written."""
    from pipelines.scenarios import answers

    base, alpha, sensitivity = asked["base"], asked["alpha"], asked["sensitivity"]
    if sensitivity and (base or alpha is not None):
        raise UsageError("--sensitivity varies the prior base and alpha itself; use it without --base and --alpha")
    given = answers.read_given(Home.from_environment().edition(as_of))
    chosen = given.scenario(_path(file))
    frame = answers.sensitivity(given, chosen) if sensitivity else answers.outcomes(given, chosen, base, alpha)
    _told(frame, form, chosen.title, answers.LEFT_OUT)


@scenario.command(name="compare")
@AS_OF
@click.argument("first")
@click.argument("second")
@click.option("--output", type=OUTPUTS, help="Only this output.")
@BASE
@ALPHA
@FORMAT
def compare_scenarios(first: str, second: str, as_of: str | None, form: str, **asked: Any) -> None:
    """How often FIRST lies above SECOND on the same draws; each a name of the warehouse or a file."""
    from pipelines.scenarios import answers

    given = answers.read_given(Home.from_environment().edition(as_of))
    one, other = given.scenario(_path(first)), given.scenario(_path(second))
    frame = answers.comparison(given, (one, other), asked["output"], asked["base"], asked["alpha"])
    _told(frame, form, f"{one.title} / {other.title}", answers.LEFT_OUT)


def _path(named: str) -> str:
    """A file is meant wherever there is one, whatever its ending."""
    return f"{Path(named).resolve()}" if named.endswith(".toml") else named


def _told(frame: Any, form: str, title: str, left_out: tuple[str, ...]) -> None:
    if form != "table":
        show(frame, form, 1000)
        return
    import polars.selectors as cs

    kept = [name for name in frame.columns if name not in left_out and frame[name].null_count() < frame.height]
    shown = frame.select(kept).with_columns(cs.float().round_sig_figs(4))
    click.echo(f"{title}\n{CAUTION}")
    same = [
        name for name in kept if name not in SHORT and frame[name].dtype == frame["base_id"].dtype and frame[name].n_unique() == 1
    ]
    for name in same:
        click.echo(f"{name}: {frame[name][0]}")
    show(shown.drop(same), form, 1000)
