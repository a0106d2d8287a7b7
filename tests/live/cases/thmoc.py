"""Thailand: two months of six headings by two countries, figures as text, ten rows as the cap."""

import json
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

MONTHS = (date(2026, 5, 1), date(2026, 6, 1))
COUNTRIES = {"CN": "1,700.25", "TW": "300"}
SUBHEADINGS_OF_8471 = 8


def record(asked, country, dollars):
    return {
        "year": asked.get("year"),
        "month": int(asked.get("month")),
        "country_code": country,
        "country_name_en": "SOMEWHERE",
        "quantity": "12",
        "value_usd": dollars,
        "value_baht": str(int(float(dollars.replace(",", "")) * 32)),
        "acc_value_usd": "99999",
    }


def healthy(asked):
    rows = [record(asked, country, dollars) for country, dollars in COUNTRIES.items()]
    if len(asked.get("hs_code")) == 6:  # parts of a heading that was split: all of it in the first subheading
        return Reply(json.dumps(rows if asked.get("hs_code") == "847130" else []).encode())
    return Reply(json.dumps(rows).encode())


def ten(asked):
    return Reply(json.dumps([record(asked, f"C{number}", "1") for number in range(10)]).encode())


def changed(edit):
    return lambda text: json.dumps([edit(row) for row in json.loads(text)]).encode()


def revise(row):
    return {**row, "value_usd": "301"} if row["country_code"] == "TW" else row


def n_records(text):
    try:
        filed = json.loads(text.decode("utf-8-sig"))
    except ValueError:
        return None
    return len(filed) if isinstance(filed, list) else None


OWN = {
    "as many as the cap": Own(ten, "split", "10 countries", parts=SUBHEADINGS_OF_8471),
    "an empty list": Own(lambda asked: Reply(b"[]"), "not_yet", "empty list"),
    "an object": Own(lambda asked: Reply(b'{"message": "hs_code is required"}'), "refused", "hs_code is required"),
    "firewall": Own(lambda asked: Reply(b"<html>Request Rejected</html>", 403), "refused", "firewall"),
    "half a body": Own(lambda asked: Reply(healthy(asked).body[:-30]), "data"),
}
COMMON = {
    "months": MONTHS,
    "healthy": healthy,
    "n_rows": 2 * 6 * 2,
    "total": 2 * 6 * Decimal("2000.25"),
    "own": OWN,
    "reordered": changed(lambda row: dict(reversed(row.items()))),
    "widened": changed(lambda row: {**row, "unit": "KG"}),
    "revised": changed(revise),
    "misencoded": lambda text: text.replace(b"SOMEWHERE", b"\xe0\xb8"),
    "n_records": n_records,
}
CASES = [Case("thmoc", "thmoc_exports_hs", **COMMON), Case("thmoc", "thmoc_imports_hs", shares_parser=True, **COMMON)]
