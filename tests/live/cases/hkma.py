"""HKMA: two months of 2026 in one yearly answer; a currency without a rate and one that is not followed."""

import json
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

RATES = {"2026-05": ("7.8331", "0.05127", "0.0056"), "2026-04": ("7.8201", "0.05202", "0.0057")}


def envelope(records, success=True, code="0000"):
    header = {"success": success, "err_code": code, "err_msg": "No error found" if success else "Invalid parameter"}
    return json.dumps({"header": header, "result": {"datasize": len(records), "records": records}})


def plain():
    records = [
        {"end_of_month": month, "usd": float(usd), "jpy": float(jpy), "krw": float(krw), "twd": None, "sdr": 11.2}
        for month, (usd, jpy, krw) in RATES.items()
    ]
    return envelope(records)


def healthy(asked):
    if asked.get("from") == asked.get("to"):
        kept = [each for each in json.loads(plain())["result"]["records"] if each["end_of_month"] == asked.get("from")]
        return Reply(envelope(kept).encode())
    return Reply(plain().encode())


def changed(edit):
    def apply(text):
        whole = json.loads(text)
        whole["result"]["records"] = [edit(record) for record in whole["result"]["records"]]
        return json.dumps(whole).encode()

    return apply


def full_page(asked):
    return Reply(envelope([{"end_of_month": "2026-05", "usd": 7.8}] * 100).encode())


OWN = {
    "error in 200": Own(lambda asked: Reply(envelope([], False, "0001").encode()), "refused", "0001"),
    "no month of the year is out": Own(lambda asked: Reply(envelope([]).encode()), "not_yet", "no rates"),
    "an answer without a header": Own(lambda asked: Reply(b"{}"), "refused", "without a header"),
    "half a body": Own(lambda asked: Reply(plain().encode()[:-30]), "data"),
    "a full page is cut": Own(full_page, "split", "fill the page", parts=2),
}
CASES = [
    Case(
        "hkma",
        "hkma_period_average",
        months=(date(2026, 5, 1),),
        healthy=healthy,
        n_rows=6,
        total=sum((Decimal(each) for month in RATES.values() for each in month), Decimal(0)),
        measure="rate",
        own=OWN,
        reordered=changed(lambda record: dict(reversed(record.items()))),
        widened=changed(lambda record: record | {"xau": 2.5}),
        revised=changed(lambda record: record | {"jpy": 0.0521}),
        misencoded=lambda text: text.replace(b"2026-05", b"2026\xc905"),
    )
]
