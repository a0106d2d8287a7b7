"""The one exception family of chipflows: each error names the place, what was found, what was expected and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class ChipflowsError(Exception):
    """Base of every error that chipflows raises on purpose; its text is meant for the person at the keyboard."""

    exit_code = 1


class InputError(ChipflowsError):
    """An input file cannot be used; the warehouse stays as it was."""

    exit_code = 3


class CheckFailed(ChipflowsError):
    """A blocking check found rows that must not be published; the warehouse stays as it was."""

    exit_code = 4


class ModelError(ChipflowsError):
    """A model of the SQL graph is malformed, breaks a law of the house, or failed to run."""

    exit_code = 5


class UsageError(ChipflowsError):
    """The request itself cannot be met: unknown model, unknown table, missing warehouse."""

    exit_code = 2


@dataclass(frozen=True)
class Place:
    """Where in an input something was found: source, file, 1-based line and column name."""

    source: str
    file: str = ""
    line: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.source]
        if self.file:
            parts.append(self.file)
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest of the known layer.table names as the end of a message, or nothing when none is near."""
    near = get_close_matches(name, [n for full in known for n in (full, full.split(".")[1])], n=1)
    return f"; did you mean {near[0]}?" if near else ""


def explain(place: Place, found: str, expected: str, remedy: str) -> str:
    """One sentence in the fixed order place, found, expected, remedy."""
    return f"{place}: found {found}; expected {expected}; {remedy}"
