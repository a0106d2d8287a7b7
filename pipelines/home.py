"""Where things live: the checkout (data, sql) and the home folder that everything is written to."""

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
HOME_VARIABLE = "CHIPFLOWS_HOME"
DATABASE = "chipflows.duckdb"


@dataclass(frozen=True)
class Home:
    """The home folder and the checkout that a build reads; all paths of the program come from here."""

    root: Path
    checkout: Path = CHECKOUT

    @classmethod
    def from_environment(cls) -> "Home":
        """Home from CHIPFLOWS_HOME, by default the folder warehouse/ of the checkout."""
        return cls(Path(os.environ.get(HOME_VARIABLE) or CHECKOUT / "warehouse").resolve())

    @property
    def data(self) -> Path:
        """Shipped facts, reference tables and snapshot."""
        return self.checkout / "data"

    @property
    def sql(self) -> Path:
        """SQL models and checks."""
        return self.checkout / "sql"

    @property
    def archive(self) -> Path:
        """Raw bytes by SHA-256 and the register of releases."""
        return self.root / "archive"

    @property
    def lake(self) -> Path:
        """Parquet of tidy tables."""
        return self.root / "lake"

    @property
    def quarantine(self) -> Path:
        """Rows that were refused, one CSV per dataset."""
        return self.root / "quarantine"

    @property
    def inbox(self) -> Path:
        """Files that a person drops for sources without an open interface, one folder for each source."""
        return self.root / "inbox"

    @property
    def dagster(self) -> Path:
        """Dagster instance: runs, events, settings."""
        return self.root / "dagster"

    def edition(self, as_of: str | None) -> "Edition":
        """The published files of the main warehouse, or of one as-of date."""
        return Edition(self.root if as_of is None else self.root / "as-of" / as_of)


@dataclass(frozen=True)
class Edition:
    """One published warehouse with its exports and kept releases."""

    root: Path

    @property
    def database(self) -> Path:
        """The published DuckDB file; never written in place."""
        return self.root / DATABASE

    @property
    def candidate(self) -> Path:
        """The file that a build writes before its audit."""
        return self.root / f"{DATABASE}.next"

    @property
    def releases(self) -> Path:
        """Earlier published files."""
        return self.root / "releases"

    @property
    def exports(self) -> Path:
        """CSV files and their data package."""
        return self.root / "exports"
