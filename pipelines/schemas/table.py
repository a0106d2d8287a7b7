"""What a table declaration is: grain sentence, key and ordered columns, and the registry of all tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

import polars as pl

from pipelines.errors import ModelError
from pipelines.schemas.evidence import DESIGNS
from pipelines.schemas.field import Field

LAYERS = ("tidy", "staging", "core", "metrics", "exports", "meta")
TABLES: dict[str, type["Table"]] = {}


class Table:
    """One table: `layer`, `name`, `columns` in order, `key`; the docstring is the grain sentence.

    `measure` names the principal value column: where it is NULL, `absence_reason` must be filled, and only there (law 5).
    `sliced_by` gives columns or expressions for each table that the model may read in slices: rows whose values differ never
    meet in the model, so that a large table is built slice by slice; `rows_per_read` is how many rows a model makes of one.
    `design` says how the figures come about; it bounds `evidence_label` (pipelines/schemas/evidence.py).
    """

    layer: ClassVar[str] = ""
    name: ClassVar[str] = ""
    columns: ClassVar[tuple[Field, ...]] = ()
    key: ClassVar[tuple[str, ...]] = ()
    measure: ClassVar[str] = ""
    ordered: ClassVar[tuple[tuple[str, ...], ...]] = ()
    may_be_empty: ClassVar[bool] = False
    sliced_by: ClassVar[Mapping[str, str]] = MappingProxyType({})
    rows_per_read: ClassVar[int] = 1
    design: ClassVar[str] = "complete_sources"

    def __init_subclass__(cls) -> None:
        if not cls.name:
            return
        names = [column.name for column in cls.columns]
        missing = [name for name in (*cls.key, *sum(cls.ordered, ())) if name not in names]
        if cls.layer not in LAYERS or len(set(names)) != len(names) or missing or not cls.key:
            raise ModelError(f"table {cls.layer}.{cls.name}: bad layer, repeated column, or unknown key column {missing}")
        if cls.measure and "absence_reason" not in names:
            raise ModelError(f"table {cls.full_name()}: a measure needs the column absence_reason")
        if cls.design not in DESIGNS:
            raise ModelError(f"table {cls.full_name()}: found design {cls.design!r}; expected one of {', '.join(DESIGNS)}")
        if cls.full_name() in TABLES:
            raise ModelError(f"table {cls.full_name()} is declared twice")
        TABLES[cls.full_name()] = cls

    @classmethod
    def full_name(cls) -> str:
        """Schema-qualified name as used in SQL, for example core.fact_claim."""
        return f"{cls.layer}.{cls.name}"

    @classmethod
    def grain(cls) -> str:
        """The grain sentence and what else the docstring says, on one line."""
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def schema(cls) -> Mapping[str, pl.DataType]:
        """Polars schema in column order."""
        return {column.name: column.dtype for column in cls.columns}

    @classmethod
    def column(cls, name: str) -> Field:
        """The declaration of one column of this table; raises ModelError when there is none."""
        for column in cls.columns:
            if column.name == name:
                return column
        raise ModelError(f"table {cls.full_name()} has no column {name}")

    @classmethod
    def empty(cls) -> pl.DataFrame:
        """A frame with this table's columns and no rows."""
        return pl.DataFrame(schema=dict(cls.schema()))


def table(full_name: str) -> type[Table]:
    """Look a table up by its schema-qualified name; raises ModelError naming the place to declare it."""
    if full_name not in TABLES:
        raise ModelError(f"table {full_name} is not declared in pipelines/schemas; declare its columns there first")
    return TABLES[full_name]
