"""A frame on the screen: as a table for a reader, as CSV or JSON for a program."""

import sys
from typing import Any

import click


def show(frame: Any, form: str, limit: int) -> None:
    """Print a frame as csv, as json, or as a table of at most `limit` rows."""
    if form == "csv":
        click.echo(frame.write_csv(), nl=False)
    elif form == "json":
        click.echo(frame.write_json())
    else:
        _show_table(frame, limit)


def _show_table(frame: Any, limit: int) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(*frame.columns, box=None, pad_edge=False, header_style="bold")
    for row in frame.head(limit).iter_rows():
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, soft_wrap=False).print(shown)
    if frame.height > limit:
        click.echo(f"... {frame.height - limit} more rows; use --limit, or --format csv for all")
