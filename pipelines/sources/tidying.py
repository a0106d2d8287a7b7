"""Steps that all parsers share: column names, rules for rows, quarantine, periods, and the cast to the tidy layout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import LINE, REASON, ROW_TEXT, TextTable, row_text
from pipelines.schemas.field import AMOUNT, MONEY
from pipelines.schemas.table import Table
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.parsed import Codes, Control, Parsed, Release

# Numbers are checked as text, in ASCII digits (\d also matches those of other scripts): 14 digits before the point leave room
# for a factor of 1000 in DECIMAL(20,3).
SIGNED = r"^-?[0-9]{1,14}(\.[0-9]+)?$"
UNSIGNED = r"^[0-9]{1,14}(\.[0-9]+)?$"
WIDE = pl.Decimal(38, 9)


@dataclass(frozen=True)
class Rule:
    """What every row of a file must meet: the column it speaks of, the test, what was expected, what to show as found."""

    column: str
    holds: pl.Expr
    expected: str
    found: pl.Expr | None = None

    def reason(self) -> pl.Expr:
        """Text for the quarantine where the rule is broken, NULL where it holds."""
        found = pl.col(self.column) if self.found is None else self.found
        shown = pl.when(found.is_null()).then(pl.lit("nothing")).otherwise(pl.format("'{}'", found))
        text = pl.concat_str(pl.lit(f"column {self.column}: found "), shown, pl.lit(f"; expected {self.expected}"))
        return pl.when(self.holds.fill_null(False)).then(None).otherwise(text)


@dataclass(frozen=True)
class Admitted:
    """Rows that meet every rule, still as text, and the rows that do not, with their reasons."""

    good: pl.DataFrame
    quarantined: pl.DataFrame
    n_read: int

    def parsed(self, rows: pl.DataFrame, skipped: Mapping[str, int] | None = None, controls: Sequence[Control] = ()) -> Parsed:
        """The result of a parser whose admitted rows became `rows`; `skipped` were set aside before by a named rule."""
        left = dict(skipped or {})
        return Parsed(rows, self.n_read + sum(left.values()), self.quarantined, left, tuple(controls))


def matches(column: str, pattern: str, expected: str) -> Rule:
    """Rule: the cell is present and matches a regular expression, in which \\d stands for 0 to 9 only."""
    return Rule(column, pl.col(column).str.contains(pattern.replace(r"\d", "[0-9]")), expected)


def number(column: str) -> Rule:
    """Rule: a plain decimal number; a minus sign is a correction of the publisher and stays."""
    return matches(column, SIGNED, "a number with at most 14 digits before the point")


def not_negative(column: str) -> Rule:
    """Rule: a plain decimal number that is not below zero."""
    return matches(column, UNSIGNED, "a number that is not negative")


def one_of(column: str, values: Sequence[str]) -> Rule:
    """Rule: one of a closed list of values."""
    return Rule(column, pl.col(column).is_in(list(values)), "one of " + ", ".join(values))


def or_empty(rule: Rule) -> Rule:
    """The same rule for a column whose cells may be empty."""
    return Rule(rule.column, pl.col(rule.column).is_null() | rule.holds, rule.expected + " or nothing", rule.found)


def known_country(column: str, codes: Codes) -> Rule:
    """Rule: a code or name that the publisher's country list translates."""
    expected = "a country listed in data/reference/countries.csv or country_aliases.csv"
    return Rule(column, pl.col(column).is_in(list(codes.iso3)), expected)


def no_repeat(*columns: str) -> Rule:
    """Rule: the key columns occur once in the file; all rows of a repeated key break it, as none can be preferred."""
    repeats = pl.len().over(columns)
    found = pl.format("{} rows with this key", repeats)
    return Rule(", ".join(columns), repeats == 1, "one row for each key", found)


def set_aside(text: TextTable, rule: str, holds: pl.Expr) -> tuple[TextTable, dict[str, int]]:
    """Take rows out by a named rule: what is left, and how many went by that name (none: no entry)."""
    kept = text.rows.filter(~holds.fill_null(False))
    gone = text.rows.height - kept.height
    return TextTable(kept, text.rejected, text.n_read - gone, text.remarks), ({rule: gone} if gone else {})


def unpivot(text: TextTable, parts: Mapping[str, Mapping[str, str]], name: str) -> TextTable:
    """One record for each part (a month, a flow) of every wide row: column `name` says which, `parts` renames its columns.

    The line of a record is 100 times the line of its row plus the number of the part, so that every record has its own.
    """
    taken = {column for columns in parts.values() for column in columns.values()}
    shared = [column for column in text.rows.columns if column not in taken | {LINE}]
    frames = [
        text.rows.select(
            (pl.col(LINE) * 100 + number).alias(LINE),
            *shared,
            pl.lit(part).alias(name),
            *(pl.col(column).alias(target) for target, column in columns.items()),
        )
        for number, (part, columns) in enumerate(parts.items(), start=1)
    ]
    rows = pl.concat(frames).sort(LINE)
    return TextTable(rows, text.rejected, rows.height + text.rejected.height, text.remarks)


def without_commas(text: TextTable, *columns: str) -> TextTable:
    """The same rows with the commas between thousands taken out of number columns."""
    plain = r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
    cells = [
        pl.when(pl.col(name).str.contains(plain)).then(pl.col(name).str.replace_all(",", "")).otherwise(pl.col(name)).alias(name)
        for name in columns
        if name in text.rows.columns
    ]
    return TextTable(text.rows.with_columns(cells), text.rejected, text.n_read, text.remarks)


def sort_out(text: TextTable, rules: Mapping[str, pl.Expr], columns: Sequence[str]) -> tuple[TextTable, dict[str, int]]:
    """Take rows out by several named rules in one pass, the first that holds counts; of the rest only `columns` are kept.

    For large files. Raises nothing when columns are missing: then all is left as it is, and `admit` names them.
    """
    if not set(columns) <= set(text.rows.columns):
        return text, {}
    names, tests = list(rules), [holds.fill_null(False) for holds in rules.values()]
    label = pl.coalesce(pl.when(test).then(pl.lit(place, dtype=pl.UInt8)) for place, test in enumerate(tests))
    labels = text.rows.select(label.alias("label"))["label"]
    kept = text.rows.select(LINE, *columns).filter(labels.is_null())
    counted = labels.drop_nulls().value_counts().sort("label")
    gone = {names[place]: count for place, count in counted.iter_rows()}
    return TextTable(kept, text.rejected, text.n_read - sum(gone.values()), text.remarks), gone


def admit(text: TextTable, columns: Sequence[str], rules: Sequence[Rule], place: Place, *, more: bool = False) -> Admitted:
    """Sort rows into good and quarantined; raises InputError when the header is not exactly `columns` (any order).

    `more`: further columns are left aside, for publishers that add some without notice.
    """
    _check_header([name for name in text.rows.columns if not more or name in columns], columns, place)
    if text.rows.select(pl.all_horizontal([rule.holds.fill_null(False) for rule in rules]).all()).item():
        return Admitted(text.rows, text.rejected.sort(LINE), text.n_read)  # the reasons need not be written out
    reasons = [rule.reason() for rule in rules]
    judged = text.rows.with_columns(pl.concat_str(reasons, separator=" | ", ignore_nulls=True).alias(REASON))
    judged = judged.with_columns(row_text(text.rows).alias(ROW_TEXT))
    bad = judged.filter(pl.col(REASON) != "").select(LINE, REASON, ROW_TEXT)
    good = judged.filter(pl.col(REASON) == "").drop(REASON, ROW_TEXT)
    return Admitted(good, pl.concat([text.rejected, bad]).sort(LINE), text.n_read)


def _check_header(found: Sequence[str], expected: Sequence[str], place: Place) -> None:
    names = [name for name in found if not name.startswith("_")]
    missing = [name for name in expected if name not in names]
    extra = [name for name in names if name not in expected]
    if missing or extra:
        shown = "; ".join(f"{kind} {', '.join(names)}" for kind, names in (("no", missing), ("also", extra)) if names)
        remedy = "download the table again in this layout, or extend the parser"
        raise InputError(explain(place, f"a header with {shown}", f"the columns {', '.join(expected)}", remedy))


def translate(column: str, mapping: Mapping[str, str]) -> pl.Expr:
    """The column with each value replaced through a mapping that covers all of them."""
    return pl.col(column).replace_strict(dict(mapping), return_dtype=pl.String)


def money(column: str, factor: int = 1) -> pl.Expr:
    """Text number times a factor as DECIMAL(20,3), rounded half to even."""
    return (pl.col(column).cast(WIDE) * factor).round(3).cast(MONEY)


def amount(column: str) -> pl.Expr:
    """Text number as DECIMAL(24,6), rounded half to even."""
    return pl.col(column).cast(WIDE).round(6).cast(AMOUNT)


def truth(column: str) -> pl.Expr:
    """True, true, False or false as a boolean."""
    return pl.col(column).str.to_lowercase() == "true"


def classification(column: str, national: str) -> pl.Expr:
    """`HS` for a heading or subheading of 4 or 6 digits, else the national system."""
    return pl.when(pl.col(column).str.len_chars() <= 6).then(pl.lit("HS")).otherwise(pl.lit(national))


def month_period(start: pl.Expr) -> dict[str, pl.Expr]:
    """Columns of a monthly period from its first day."""
    return {"period_start": start, "period_end": start.dt.month_end(), "frequency": pl.lit("M")}


def year_period(year: pl.Expr) -> dict[str, pl.Expr]:
    """Columns of an annual period from a whole number."""
    return {"period_start": pl.date(year, 1, 1), "period_end": pl.date(year, 12, 31), "frequency": pl.lit("A")}


def status_by_open_year(end: pl.Expr, release: Release) -> pl.Expr:
    """`provisional` for the calendar year in which the file was retrieved (publishers revise it), else `final`."""
    is_open = end.dt.year() >= release.retrieved.year
    return pl.when(is_open).then(pl.lit("provisional")).otherwise(pl.lit("final"))


def tidy(good: pl.DataFrame, release: Release, columns: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Admitted rows in exactly the columns and types of TradeObs, sorted by source_row; absent columns are NULL."""
    known_at = known_after_lag(release, columns["period_end"], columns["frequency"])
    return shaped(good, release, TradeObs, {**_trade_defaults(), **columns, "known_at": known_at})


def shaped(good: pl.DataFrame, release: Release, table: type[Table], columns: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Admitted rows in exactly the columns and types of any tidy table, sorted by source_row; absent columns are NULL."""
    given = good.select(**{**_origin(release), **columns})
    schema = table.schema()
    absent = [pl.lit(None).alias(name) for name in schema if name not in given.columns]
    full = given.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    return full.sort("source_row")


def known_after_lag(release: Release, period_end: pl.Expr, frequency: pl.Expr) -> pl.Expr:
    """Publication lag after the period's last day, but no later than the day on which the file was in hand."""
    lag = pl.when(frequency == "A").then(release.annual_lag_days).otherwise(release.monthly_lag_days)
    return pl.min_horizontal(period_end + pl.duration(days=lag), pl.lit(release.retrieved))


def controls_of(rows: pl.DataFrame, by: Sequence[str], tolerance: Decimal, value: str = "value_usd") -> list[Control]:
    """World rows beside the sum of their countries, in tidy rows: one control over all, and one for each group that differs.

    Groups without a World row or without countries are not judged. `tolerance` is for each group.
    """
    is_world = pl.col("partner_iso3") == "WLD"
    sums = (
        rows.filter(pl.col(value).is_not_null())
        .group_by(by, maintain_order=True)
        .agg(
            pl.col(value).filter(~is_world).sum().alias("detail"),
            pl.col(value).filter(is_world).sum().alias("published"),
            (is_world.any() & (~is_world).any()).alias("both"),
        )
    )
    groups = list(sums.filter("both").iter_rows(named=True))
    each = [Control(" ".join(str(row[name]) for name in by), row["detail"], row["published"], tolerance) for row in groups]
    broken = [control for control in each if not control.agrees]
    if not each:
        return []
    total = Control("all", *(sum((getattr(c, n) for c in each), Decimal(0)) for n in ("detail", "published", "tolerance")))
    return [total, *broken]


def _origin(release: Release) -> dict[str, pl.Expr]:
    """Publisher, file, line and vintage of each row."""
    return {
        "source_id": pl.lit(release.source_id),
        "dataset_id": pl.lit(release.dataset_id),
        "source_row": pl.col(LINE),
        "vintage_at": pl.lit(release.retrieved),
        "source_file_sha256": pl.lit(release.sha256),
    }


def _trade_defaults() -> dict[str, pl.Expr]:
    """What holds for most files: no breakdown by second partner, procedure or transport."""
    return {
        "is_taiwan_proxy": pl.lit(False),
        "partner2_code": pl.lit("0"),
        "customs_code": pl.lit("C00"),
        "transport_code": pl.lit("0"),
    }
