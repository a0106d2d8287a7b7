"""What every parser returns: tidy rows, quarantined rows, skipped rows by named rule, and the count that must balance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from pipelines.errors import ModelError, Place
from pipelines.reading import rejected_frame


@dataclass(frozen=True)
class Release:
    """One archived publisher file: where it came from and when; every tidy row carries these."""

    source_id: str
    dataset_id: str
    file_name: str
    sha256: str
    retrieved: date
    monthly_lag_days: int
    annual_lag_days: int

    @property
    def place(self) -> Place:
        """The place named in errors about this file."""
        return Place(self.source_id, self.file_name)


@dataclass(frozen=True)
class Codes:
    """Country codes of a publisher: code or name as filed to ISO 3166 alpha-3 (or a documented user-assigned code).

    `comtrade`: the same codes as filed to UN Comtrade numbers, in which a second partner is written.
    """

    iso3: Mapping[str, str]
    comtrade: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Control:
    """Detail added up beside the publisher's own total for it, in the unit that the publisher uses."""

    name: str
    detail: Decimal
    published: Decimal
    tolerance: Decimal = Decimal(0)

    @property
    def agrees(self) -> bool:
        """Whether the two differ by no more than the publisher's rounding."""
        return abs(self.detail - self.published) <= self.tolerance

    def told(self) -> str:
        """The two numbers in one sentence."""
        apart = self.detail - self.published
        return f"{self.name}: detail {self.detail:f}, published total {self.published:f}, difference {apart:f}"


@dataclass(frozen=True)
class Parsed:
    """Result of a parser; n_read = rows + quarantined + skipped, checked on construction (law 4).

    `skipped` counts rows left out by a named rule; `controls` are the publisher's own totals beside the detail.
    """

    rows: pl.DataFrame
    n_read: int
    quarantined: pl.DataFrame = field(default_factory=lambda: rejected_frame([]))
    skipped: Mapping[str, int] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()

    def __post_init__(self) -> None:
        accounted = self.rows.height + self.quarantined.height + sum(self.skipped.values())
        if accounted != self.n_read:
            raise ModelError(f"parser lost rows: read {self.n_read}, accounted for {accounted}")
