"""The only command line: build, claims, scenario, fetch, tables, query, export, explain, diff, and more."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pipelines.errors import ChipflowsError, InputError, UsageError
from pipelines.exports.screen import show as _show
from pipelines.home import Edition, Home
from pipelines.scenarios.commands import FORMATS, scenario

FILE = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)
AS_OF = click.option("--as-of", metavar="DATE", help="The warehouse an analyst could have had on that day (YYYY-MM-DD).")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """AI-chip trade flows: build the warehouse, ask it, export it.

    Exit codes: 0 done, 2 wrong request, 3 unusable input, 4 a check refused the build, 5 a model is broken, 6 a publisher
    could not be reached or left questions open, 1 anything else.
    Everything is written below CHIPFLOWS_HOME (default: warehouse/).
    """


cli.add_command(scenario)


@cli.command()
@AS_OF
@click.option(
    "--select", "select", multiple=True, metavar="MODEL", help="Rebuild only this model or layer, and what changes with it."
)
@click.option("--claims", type=FILE, metavar="FILE", help="Add your own claims, marked as yours; see chipflows claims.")
@click.option("--full", is_flag=True, help="Make every table again, also those that nothing changed for.")
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
def build(as_of: str | None, select: tuple[str, ...], claims: Path | None, full: bool, quiet: bool) -> None:
    """Take in the shipped data, build, audit, publish, export; print the findings.

    A table whose inputs, SQL, estimator and libraries are those of the published warehouse is taken over from it.
    """
    from pipelines.assets.progress import reporting_to
    from pipelines.assets.run import run_everything, run_selected
    from pipelines.assets.warehouse import parse_day

    parse_day(as_of)
    if select and claims:
        raise UsageError("--select rebuilds models on the inputs of the last build; use --claims without it")
    if select and full:
        raise UsageError("--select rebuilds some models, --full all of them; use one of the two")
    with _progress(quiet) as sink, reporting_to(sink):
        if select:
            run_selected(as_of, select)
        else:
            run_everything(as_of, claims, full=full)
    if not quiet:
        _print_result(Home.from_environment().edition(as_of), with_findings=not select)


@cli.group()
def claims() -> None:
    """Your own claims: a template, and a check that says what a build would do with them."""


@claims.command()
def template() -> None:
    """Print a claims file with one example row; what each column means goes to the screen beside it."""
    from pipelines.tidy.user_claims import guide
    from pipelines.tidy.user_claims import template as example

    for line in guide(Home.from_environment()):
        click.echo(click.wrap_text(line, 110, subsequent_indent="    "), err=True)
    click.echo(example(), nl=False)


@claims.command(name="check")
@AS_OF
@click.argument("file", type=FILE)
def check_claims(as_of: str | None, file: Path) -> None:
    """Hold FILE against the declaration of claims; print every fault (exit code 3), or what a build does with each claim."""
    from pipelines.assets.warehouse import parse_day
    from pipelines.exports.claim_effects import effects
    from pipelines.tidy.lake import latest_retrieval
    from pipelines.tidy.user_claims import read_user_claims, shipped_frames

    home = Home.from_environment()
    day = parse_day(as_of) or latest_retrieval(home)
    reading = read_user_claims(file.read_bytes(), file.name, home)
    if reading.faults:
        raise InputError(reading.told(file.name))
    click.echo(f"{file.name}: {reading.tidied.n_read} rows, no faults; in a build as of {day}:")
    for line in effects(home, reading.tidied.rows, shipped_frames(home), day):
        click.echo(click.wrap_text(line, 110, initial_indent="  - ", subsequent_indent="    "))


@cli.command()
@AS_OF
@click.argument("name", required=False)
def tables(as_of: str | None, name: str | None) -> None:
    """List all tables, or the columns of one."""
    from pipelines.warehouse.read import column_list, table_list

    edition = Home.from_environment().edition(as_of)
    _show(table_list(edition) if name is None else column_list(edition, name), "table", limit=1000)


@cli.command()
@AS_OF
@click.argument("sql")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--limit", default=50, show_default=True, help="Rows shown as a table; csv and json give all rows.")
def query(as_of: str | None, sql: str, form: str, limit: int) -> None:
    """Ask the published warehouse one question in SQL (read-only)."""
    from pipelines.warehouse.read import query as ask

    _show(ask(Home.from_environment().edition(as_of), sql), form, limit)


@cli.command()
@AS_OF
def export(as_of: str | None) -> None:
    """Write CSV and Parquet files, data package and report again from the published warehouse."""
    from pipelines.exports.package import write_exports

    for path in write_exports(Home.from_environment().edition(as_of), allow_empty=bool(as_of)):
        click.echo(path)


@cli.command()
@AS_OF
@click.argument("table")
@click.argument("conditions", nargs=-1, metavar="[COLUMN=VALUE]...")
@click.option("--column", metavar="COL", help="Only this column of the row; without it every number.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(as_of: str | None, table: str, conditions: tuple[str, ...], column: str | None, form: str) -> None:
    """Print the passport of one figure: rows, files, hashes, terms, parameters, models and code behind it.

    TABLE is an exported table; COLUMN=VALUE name the row, for example: chipflows explain rpt_supply_mix period_id=2025H1
    channel=smuggled unit=h100e. A column may be shortened to its beginning.
    """
    from pipelines.exports.passport import passport, wanted_of
    from pipelines.exports.passport_text import as_json, as_text

    found = passport(Home.from_environment().edition(as_of), table, wanted_of(conditions), column)
    click.echo(as_json(found) if form == "json" else as_text(found), nl=False)


@cli.command()
@click.argument("first")
@click.argument("second", default="latest")
@click.option("--table", "tables_", multiple=True, metavar="TABLE", help="Only this exported table; may be given more than once.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write every changed cell as CSV.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diff(first: str, second: str, tables_: tuple[str, ...], out: Path | None, form: str) -> None:
    """List every exported number that differs between two releases, with what changed upstream.

    FIRST and SECOND are `previous`, `latest`, an as-of day that was built, a release id or its beginning, or the path of a
    manifest. Exit code 4 when a number moved that no changed input and no changed code explains.
    """
    from pipelines.exports.release_diff import as_json, as_text, difference, write_csv
    from pipelines.exports.release_store import find_release

    home = Home.from_environment()
    found = difference(find_release(home, first), find_release(home, second), tables_)
    click.echo(as_json(found) if form == "json" else as_text(found), nl=False)
    if out:
        write_csv(found, out)
        click.echo(out, err=form == "json")
    if found.unexplained:
        raise SystemExit(4)


@cli.command()
@click.argument("first")
@click.argument("second", default="main")
def compare(first: str, second: str) -> None:
    """Set two editions side by side: FIRST and SECOND are as-of days that were built, or main.

    Writes a CSV below the home folder with every headline, link of the claim chain and share, and prints the headlines.
    `chipflows diff` lists every changed number of all tables, with its cause.
    """
    import polars as pl

    from pipelines.exports.compare import MAIN, compare_editions, write_comparison

    home = Home.from_environment()
    editions = [home.edition(None if name == MAIN else name) for name in (first, second)]
    frame = compare_editions(*editions)
    shown = frame.filter(frame["table_name"] == "rpt_answer").drop("table_name", "title")
    _show(
        shown.with_columns(shown.select("^.*_(low|central|high)$").with_columns(pl.all().round_sig_figs(3))), "table", limit=200
    )
    click.echo(write_comparison(home.root / "comparisons", first, second, frame))


@cli.command()
@AS_OF
def check(as_of: str | None) -> None:
    """Run the lint of the models and every check on the published warehouse again."""
    from pipelines.exports.checkup import run_checks

    report = run_checks(Home.from_environment(), as_of)
    for line in report.lines:
        click.echo(line)
    if report.n_failed:
        raise SystemExit(4)


@cli.command()
@AS_OF
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
def status(as_of: str | None, form: str) -> None:
    """Say what is in the warehouse: release, as-of day, and per source rows, span, age, coverage."""
    from pipelines.exports.checkup import source_status
    from pipelines.warehouse.read import query as ask

    edition = Home.from_environment().edition(as_of)
    run = ask(edition, "SELECT warehouse_release_id, as_of FROM core.run").rows()[0]
    if form == "table":
        click.echo(f"release {run[0]}, as of {run[1]}, {edition.database}")
        _say_whose_claims(edition)
    _show(source_status(edition), form, limit=200)


@cli.command()
@click.argument("source_id")
@click.option("--feed", "feeds", multiple=True, help="Only this feed; see chipflows sources.")
@click.option("--from", "first", default="", metavar="MONTH", help="First period, YYYY-MM or YYYY.")
@click.option("--to", "last", default="", metavar="MONTH", help="Last period; without both, the newest and the revised ones.")
@click.option(
    "--reporter",
    "--division",
    "divisions",
    multiple=True,
    help="Only these, for feeds asked by reporter, HS revision or pair of revisions.",
)
@click.option("--again", is_flag=True, help="Ask again for what the archive answered today.")
@click.option("--quiet", is_flag=True, help="No progress.")
def fetch(source_id: str, quiet: bool, **wanted: Any) -> None:
    """Ask a publisher, archive the answers, take them into the lake; then run chipflows build.

    An interrupted run goes on where it stopped: what was answered today is not asked again. Exit code 6 when questions stay open.
    """
    from pipelines.live.commands import Wanted, fetch_feeds

    with _progress(quiet) as sink:
        reports = fetch_feeds(Home.from_environment(), source_id, Wanted(**wanted), sink)
    for report in reports:
        click.echo(report.summary())
    if any(report.failures or report.stopped for report in reports):
        raise SystemExit(6)


@cli.command()
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
def sources(form: str) -> None:
    """List every live source: key present or not, what is loaded, newest period, age, problems, licence, notice."""
    from pipelines.live.clock import Clock
    from pipelines.live.status import source_table

    frame = source_table(Home.from_environment(), Clock().today())
    _show(frame.drop("notice") if form == "table" else frame, form, limit=200)
    if form == "table":
        for source_id, notice in frame.select("source", "notice").unique(maintain_order=True).iter_rows():
            click.echo(f"{source_id}: {notice}")


@cli.command()
@click.argument("source_id")
@click.option("--quiet", is_flag=True, help="No progress.")
def replay(source_id: str, quiet: bool) -> None:
    """Parse everything that is archived of a source again, without the network, and say what changed."""
    from pipelines.live.commands import replay_source

    with _progress(quiet) as sink:
        changes = replay_source(Home.from_environment(), source_id, sink)
    for line in changes:
        click.echo(line)


@cli.command()
def inbox() -> None:
    """Take in the files that lie in the inbox with their sidecar; say what was refused and why."""
    from pipelines.live.inbox import take_dropped, waiting
    from pipelines.live.intake import take_in_live
    from pipelines.lock import single_writer

    home = Home.from_environment()
    if not waiting(home):
        click.echo(f"no file with its sidecar below {home.inbox}")
        return
    with single_writer(home.root):
        done = take_dropped(home)
        take_in_live(home)
    for each in done:
        click.echo(f"{each.path}: {'refused: ' + each.refused if each.refused else each.novelty}")
    if any(each.refused for each in done):
        raise SystemExit(3)


@cli.command()
@click.option("--port", default=3000, show_default=True)
def ui(port: int) -> None:
    """Start the Dagster UI on our instance; runs from the command line are visible there."""
    from pipelines.assets.instance import prepare_instance

    home = Home.from_environment()
    prepare_instance(home)
    dagster = os.path.join(os.path.dirname(sys.executable), "dagster")  # noqa: PTH118, PTH120
    workspace = str(home.checkout / "workspace.yaml")
    os.chdir(home.checkout)
    os.execv(dagster, [dagster, "dev", "-w", workspace, "-p", str(port)])


def main() -> None:
    """Entry point: our own errors become one message and an exit code; anything else keeps its traceback."""
    gc.set_threshold(100_000)  # one short command: collecting the imports' garbage early only costs time
    try:
        cli(standalone_mode=False)
    except ChipflowsError as error:
        click.echo(f"chipflows: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(2) from None
    except (click.Abort, KeyboardInterrupt):
        click.echo("chipflows: stopped; the published warehouse is unchanged", err=True)
        raise SystemExit(130) from None


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    if quiet:
        yield lambda what, done, total: None
    elif sys.stderr.isatty():
        yield from _progress_bar()
    else:
        yield _progress_lines()


def _progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def _progress_lines() -> Callable[[str, int, int], None]:
    last = [""]

    def tell(what: str, done: int, total: int) -> None:
        step = " ".join(what.split()[:2]) if what.startswith("taking") else what.split(maxsplit=1)[0]
        is_new, last[0] = step != last[0], step  # told from several threads
        if is_new:
            click.echo(f"{what} ({done} of {total})", err=True)

    return tell


def _print_result(edition: Edition, *, with_findings: bool) -> None:
    from pipelines.exports.report.write import FOLDER, PAGE
    from pipelines.exports.summary import findings

    for section, statements in findings(edition) if with_findings else []:
        click.secho(f"\n{section}", bold=True)
        for statement in statements:
            click.echo(click.wrap_text(statement, 110, initial_indent="  - ", subsequent_indent="    "))
    _say_whose_claims(edition)
    click.echo(f"\nwarehouse  {edition.database}\nexports    {edition.exports}\nreport     {edition.exports / FOLDER / PAGE}")


def _say_whose_claims(edition: Edition) -> None:
    from pipelines.exports.summary import own_claims

    n_filed, n_known = own_claims(edition)
    if n_filed:
        click.echo(f"holds {n_known} claims of your own (claim_origin = user); {n_filed - n_known} became public after as_of")


__all__ = ["UsageError", "cli", "main"]

if __name__ == "__main__":
    main()
