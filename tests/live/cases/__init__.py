"""One case for each connector: the bodies of a healthy publisher, what they become, and the faults that are its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import import_module

from pipelines.live.registry import live_sources

KEY = "canary-key-3f9a/=&x"  # characters that URLs spell otherwise


@dataclass(frozen=True)
class Own:
    """A fault that only this publisher knows: the reply, the kind it must be judged as, and words of the reason."""

    reply: Callable
    kind: str
    words: str = ""
    parts: int = 0  # further questions that a split must put


@dataclass(frozen=True)
class Case:
    """What the shared tests need to know of one feed.

    `healthy(asked) -> Reply` answers like the publisher; `months` are asked for; `n_rows` accepted rows and `total` of `measure`
    over them result; `own` are the publisher's own faults by name; `reordered(body)` and `widened(body)` give the same body
    with columns in another order and with one more column; `revised(body)` one changed figure; `misencoded(body)` bytes in a
    wrong encoding or a broken body that must be named, never a traceback.
    """

    source_id: str
    dataset_id: str
    months: tuple[date, ...]
    healthy: Callable
    n_rows: int
    total: Decimal
    measure: str = "value_usd"
    division: str = ""
    empty_kind: str = "not_yet"  # what a 204 means here
    forbidden_kind: str = "refused"  # what a 403 means here
    own: Mapping[str, Own] = field(default_factory=dict)
    reordered: Callable | None = None
    widened: Callable | None = None
    revised: Callable | None = None
    misencoded: Callable | None = None
    n_records: Callable | None = None  # records in a (mutated) body, None where the body cannot be read at all
    shares_parser: bool = False  # its parser is mutated in another case
    is_archive: bool = False  # a packed body: mutated in its own test

    @property
    def name(self) -> str:
        """Name in test ids."""
        return self.dataset_id


def all_cases() -> list[Case]:
    """Every case of every connector: module `cases/<source_id>.py`, list `CASES`."""
    asked = [name for name, source in live_sources().items() if not all(feed.is_dropped for feed in source.feeds)]
    return [case for source_id in asked for case in import_module(f"cases.{source_id}").CASES]
