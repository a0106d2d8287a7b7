"""US Census: two months of two lines, with groups among the countries and a row of all countries."""

import json
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

MONTHS = (date(2026, 5, 1), date(2026, 6, 1))
COUNTRIES = {"5830": ("TAIWAN", 700, 7), "5800": ("KOREA, SOUTH", 200, 2), "5490": ("THAILAND", 0, 0)}
GROUPS = {"0003": ("EUROPEAN UNION", 0, 0), "5XXX": ("ASIA", 900, 9)}
LINES = ("8471500150", "8473301180")


def body(product, value, quantity, month, scale=1):
    header = ["CTY_NAME", value, quantity, "UNIT_QY1", product, "COMM_LVL", "time", "CTY_CODE"]
    rows = [header]
    total = {"-": ("TOTAL FOR ALL COUNTRIES", 900, 9)}
    for number, line in enumerate(LINES, start=1):
        for code, (name, usd, pieces) in {**COUNTRIES, **GROUPS, **total}.items():
            rows.append([name, str(usd * number * scale), str(pieces * number), "NO", line, "HS10", month, code])
    return json.dumps(rows).encode()


def healthy(asked):
    if asked.path.endswith("missing_key.html"):
        return Reply(b"<html><head><title>Missing Key</title></head></html>")
    is_export = asked.path.endswith("exports/hs")
    product, value, quantity = (
        ("E_COMMODITY", "ALL_VAL_MO", "QTY_1_MO") if is_export else ("I_COMMODITY", "GEN_VAL_MO", "GEN_QY1_MO")
    )
    return Reply(body(product, value, quantity, asked.get("time")))


def changed(edit):
    def apply(text):
        rows = json.loads(text)
        edit(rows)
        return json.dumps(rows).encode()

    return apply


def reorder(rows):
    rows[:] = [row[::-1] for row in rows]


def widen(rows):
    for number, row in enumerate(rows):
        row.append("LAST_UPDATE" if number == 0 else "2026-07-05")


def revise(rows):
    for row in rows[1:]:
        if row[4] == LINES[0] and row[7] in ("5830", "-"):
            row[1] = str(int(row[1]) + 11)


def n_records(text):
    try:
        rows = json.loads(text.decode("utf-8-sig"))
    except ValueError:
        return None
    return len(rows) - 1 if isinstance(rows, list) and rows else None


OWN = {
    "missing key": Own(lambda asked: Reply(b"", 302, {"location": "/missing_key.html"}), "key", "key was not accepted"),
    "invalid key": Own(lambda asked: Reply(b"<html><head><title>Invalid Key</title></head></html>"), "key", "not accepted"),
    "error in 200": Own(lambda asked: Reply(b"error: unknown variable 'X'"), "refused", "unknown variable"),
    "unknown variable": Own(lambda asked: Reply(b"error: unknown variable 'X'", 400), "refused", "unknown variable"),
    "half a body": Own(lambda asked: Reply(healthy(asked).body[:-30]), "data"),
}
COMMON = {
    "months": MONTHS,
    "healthy": healthy,
    "n_rows": 16,
    "total": Decimal(2 * 2 * 3 * 900),
    "own": OWN,
    "reordered": changed(reorder),
    "widened": changed(widen),
    "revised": changed(revise),
    "n_records": n_records,
    "misencoded": lambda text: text.replace(b"KOREA", b"KOR\xc9A"),
}
CASES = [Case("uscb", "uscb_exports_hs10", **COMMON), Case("uscb", "uscb_imports_hs10", shares_parser=True, **COMMON)]
