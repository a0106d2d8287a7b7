"""What a column declaration is, and how it reads in Polars and in DuckDB."""

from dataclasses import dataclass, replace

import polars as pl

from pipelines.errors import ModelError

TEXT = pl.String()
DAY = pl.Date()
WHOLE = pl.Int64()
FLAG = pl.Boolean()
REAL = pl.Float64()
MONEY = pl.Decimal(20, 3)
AMOUNT = pl.Decimal(24, 6)
RATE = pl.Decimal(24, 12)

_DUCKDB = {"String": "VARCHAR", "Date": "DATE", "Int64": "BIGINT", "Boolean": "BOOLEAN", "Float64": "DOUBLE"}
_FRICTIONLESS = {
    "String": "string",
    "Date": "date",
    "Int64": "integer",
    "Boolean": "boolean",
    "Float64": "number",
    "Decimal": "number",
}


@dataclass(frozen=True)
class Field:
    """One column: name, type, meaning, unit, bounds, allowed values, and what NULL means where NULL is allowed."""

    name: str
    dtype: pl.DataType
    meaning: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    absent: str = ""

    @property
    def nullable(self) -> bool:
        """Whether NULL is allowed; it is when the declaration says what NULL means."""
        return bool(self.absent)

    @property
    def duckdb_type(self) -> str:
        """The DuckDB type, for example DECIMAL(20,3)."""
        if isinstance(self.dtype, pl.Decimal):
            return f"DECIMAL({self.dtype.precision},{self.dtype.scale})"
        return _DUCKDB[type(self.dtype).__name__]

    @property
    def frictionless_type(self) -> str:
        """The Table Schema type of the Frictionless data package."""
        return _FRICTIONLESS[type(self.dtype).__name__]

    def optional(self, absent: str) -> "Field":
        """The same column in a table where it may be NULL; `absent` says what NULL means there."""
        return replace(self, absent=absent)

    @property
    def required(self) -> "Field":
        """The same column in a table where it may never be NULL."""
        return replace(self, absent="")

    def describe(self) -> str:
        """Meaning, unit, allowed values, bounds and the meaning of NULL in one sentence for comments and docs."""
        parts = [self.meaning.rstrip(".") + "."]
        if self.unit:
            parts.append(f"Unit: {self.unit}.")
        if self.allowed:
            parts.append("One of: " + ", ".join(self.allowed) + ".")
        if self.minimum is not None or self.maximum is not None:
            parts.append(f"Bounds: {_bounds(self.minimum, self.maximum)}.")
        if self.absent:
            parts.append(f"NULL: {self.absent.rstrip('.')}.")
        return " ".join(parts)


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}"


class FieldRegistry:
    """All declared columns by name; declaring a name twice is an error (law 7)."""

    def __init__(self) -> None:
        self.by_name: dict[str, Field] = {}

    def declare(self, field: Field) -> Field:
        """Register a column and return it; raises ModelError on a second declaration of the same name."""
        if field.name in self.by_name:
            raise ModelError(f"column {field.name} is declared twice; declare it once in pipelines/schemas")
        self.by_name[field.name] = field
        return field
