"""Japan: a list that names three files, one of them wanted; lines by country, wide by month, the year not yet over."""

import csv
import io
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

MONTHS = (date(2026, 5, 1), date(2026, 6, 1))
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OUT = 6  # months that are out; the others are zero
HEADER = ["Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2"] + [
    f"{measure}-{name}" for name in ("Year", *NAMES) for measure in ("Quantity1", "Quantity2", "Value")
]
LINES = {("852351000", "106"): 700, ("854231010", "105"): 300, ("845011000", "304"): 5}  # washing machines are not followed
THOUSAND = 1000


def listed(*chapters):
    links = "".join(
        f"<li><span>{chapter}類</span> "
        f'<a href="/stat-search/file-download?statInfId=00004000000{number}&amp;fileKind=1">CSV</a></li>'
        for number, chapter in enumerate(chapters)
    )
    return f"<!DOCTYPE html><html><body><a href='/stat-search/files'>list</a><ul>{links}</ul></body></html>".encode()


LIST = listed("28-38", "84-85", "86-89")


def section(direction="1", lines=LINES):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for (code, country), value in lines.items():
        year = [value * OUT // 100, value * OUT, value * OUT]
        cells = [cell for month in range(12) for cell in ([value // 100, value, value] if month < OUT else [0, 0, 0])]
        writer.writerow([direction, "2026", f"'{code}'", country, "NO", "KG", *year, *cells])
    return out.getvalue().encode()


def healthy_for(direction):
    def healthy(asked):
        return Reply(section(direction) if asked.path.endswith("file-download") else LIST)

    return healthy


def in_file(edit):
    return lambda text: text if text.startswith(b"<!") else edit(text)


def columns(edit):
    def apply(text):
        rows = [edit(row) for row in csv.reader(io.StringIO(text.decode(), newline=""))]
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(rows)
        return out.getvalue().encode()

    return in_file(apply)


def n_records(text):
    try:
        rows = [row for row in csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        return None
    return sum(12 if len(row) == len(rows[0]) else 1 for row in rows[1:]) if rows else None


OWN = {
    "a list without files": Own(lambda asked: Reply(listed()), "not_yet", "no files"),
    "a list of other chapters": Own(lambda asked: Reply(listed("28-38")), "refused", "none of chapters 84 and 85"),
    "neither list nor page": Own(lambda asked: Reply(b"404"), "refused", "not a list"),
}
COMMON = {
    "months": MONTHS,
    "n_rows": 2 * OUT,
    "total": Decimal(1000 * OUT * THOUSAND),
    "measure": "value_local",
    "own": OWN,
    "reordered": columns(lambda row: row[::-1]),
    "widened": columns(lambda row: [*row, "Note"] if row[0] == "Exp or Imp" else [*row, ""]),
    "revised": in_file(lambda text: text.replace(b",7,700,700", b",7,700,701").replace(b",42,4200,4200", b",42,4200,4206")),
    "misencoded": in_file(lambda text: text.replace(b"KG", b"K\xc7")),
    "n_records": n_records,
}
CASES = [
    Case("jpmof", "jpmof_exports_hs9", healthy=healthy_for("1"), **COMMON),
    Case("jpmof", "jpmof_imports_hs9", healthy=healthy_for("2"), shares_parser=True, **COMMON),
]
