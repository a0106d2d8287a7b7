"""UN Comtrade: two periods of one heading and one subheading with World beside the partners; lists of releases; a bulk file."""

import gzip
import json
from datetime import date
from decimal import Decimal
from itertools import count

from publisher import Reply

from cases import Case, Own

MONTHS = (date(2026, 5, 1), date(2026, 6, 1))
YEARS = (date(2023, 1, 1), date(2024, 1, 1))
PARTNERS = {490: 700, 410: 200, 0: 900}
CODES = {"8542": 2, "854231": 1}
CALLS = count(1)
NAMES = (
    "reporterISO", "reporterDesc", "flowDesc", "partnerISO", "partnerDesc", "partner2ISO", "partner2Desc", "cmdDesc", "aggrLevel",
    "isLeaf", "customsDesc", "motDesc", "qtyUnitAbbr", "altQtyUnitAbbr",
)  # fmt: skip


def row(where, flow, partner, sale, **other):
    (period, reporter), (code, value) = where, sale
    is_year = len(period) == 4
    named = {
        "typeCode": "C", "freqCode": "A" if is_year else "M", "refPeriodId": int(period + "0101"[: 8 - len(period)]),
        "refYear": int(period[:4]), "refMonth": 52 if is_year else int(period[4:]), "period": period, "reporterCode": reporter,
        "flowCode": flow, "partnerCode": partner, "partner2Code": 0, "classificationCode": "H6", "classificationSearchCode": "HS",
        "isOriginalClassification": True, "cmdCode": code, "customsCode": "C00", "mosCode": "0", "motCode": 0, "qtyUnitCode": 5,
        "qty": value / 10, "isQtyEstimated": False, "altQtyUnitCode": -1, "altQty": None, "isAltQtyEstimated": False,
        "netWgt": None, "isNetWgtEstimated": False, "grossWgt": 0.0, "isGrossWgtEstimated": False, "cifvalue": None,
        "fobvalue": value, "primaryValue": value, "legacyEstimationFlag": 0, "isReported": partner != 0,
        "isAggregate": partner == 0,
    }  # fmt: skip
    return named | dict.fromkeys(NAMES) | other


def rows(periods, reporter, codes, flows):
    found = []
    for period in periods:
        for code in (code for code in CODES if code in codes):
            for flow in (flow for flow in ("X", "RX") if flow in flows):
                scale = CODES[code] * (0.5 if flow == "RX" else 1)
                found += [row((period, reporter), flow, partner, (code, value * scale)) for partner, value in PARTNERS.items()]
    return found


def envelope(found, **other):
    taken = {"elapsedTime": f"0.{next(CALLS):02} secs", "count": len(found), "data": found, "error": ""}
    return json.dumps(taken | other).encode()


def released(freq, periods):
    return [
        {
            "datasetCode": int(f"20{reporter}{period}"), "typeCode": "C", "freqCode": freq, "period": int(period),
            "reporterCode": reporter, "reporterISO": "X", "reporterDesc": "Korea", "classificationCode": "H6",
            "classificationSearchCode": "HS", "isOriginalClassification": True, "totalRecords": 100 + reporter,
            "datasetChecksum": -1349955130 + reporter, "firstReleased": "2025-10-06T10:53:32.8266667",
            "lastReleased": "2025-11-03T19:12:39.8333333",
        }
        for period in periods
        for reporter in (410, 702)
    ]  # fmt: skip


def files(freq, period, reporter):
    return [
        {
            "fileUrl": f"b07f98{period}{reporter}", "fileSize": "183.34 KB", "isOriginalClassification": True,
            "reporterCode": reporter, "freqCode": freq, "typeCode": "C", "classificationCode": "H6",
            "refPeriodId": int(period), "period": int(period), "publicationDate": "2026-09-01T11:24:10Z",
        }
    ]  # fmt: skip


def bulk(period, reporter):
    found = rows([period], reporter, CODES, ("X", "RX"))
    further = [
        row((period, reporter), "X", 490, ("854231", 1), motCode=1),
        row((period, reporter), "X", 490, ("854231", 1), partner2Code=156),
        row((period, reporter), "DX", 490, ("854231", 1)),
        row((period, reporter), "X", 0, ("TOTAL", 1)),
        row((period, reporter), "X", 0, ("85", 1)),
        row((period, reporter), "X", 0, ("010121", 1)),
    ]
    kept = [{name: value for name, value in each.items() if name not in NAMES} for each in found + further]
    return table([list(kept[0]), *(list(each.values()) for each in kept)])


def table(cells):
    lines = "".join("\t".join("" if cell is None else str(cell) for cell in line) + "\r\n" for line in cells)
    return gzip.compress(lines.encode("latin-1"), mtime=0)


def untable(body):
    return [line.split("\t") for line in gzip.decompress(body).decode().split("\r\n")[:-1]]


def healthy(asked):
    parts = asked.path.split("/")
    if "file" in parts:
        name = parts[-1].removeprefix("b07f98")
        return Reply(bulk(name[:6], int(name[6:])))
    freq, periods = parts[-2], asked.get("period").split(",")
    if "getDa" in parts:
        return Reply(envelope(released(freq, periods)))
    reporter = int(asked.get("reporterCode"))
    if "bulk" in parts:
        return Reply(envelope(files(freq, periods[0], reporter)))
    assert (asked.get("motCode"), asked.get("customsCode")) == ("0", "C00")
    found = rows(periods, reporter, asked.get("cmdCode").split(","), asked.get("flowCode").split(","))
    if asked.get("flowCode") == "RX" and not asked.get("partner2Code"):
        found += [each | {"partner2Code": 156} for each in found]
    return Reply(envelope(found))


def changed(edit, edit_table):
    def apply(body):
        if not body.startswith(b"{"):
            return table(edit_table(untable(body)))
        found = json.loads(body)
        found["data"] = [edit(each) for each in found["data"]]
        return json.dumps(found).encode()

    return apply


def revise(each):
    if "fileUrl" in each:
        return each | {"publicationDate": "2026-09-19T11:24:10Z"}
    if "totalRecords" in each:
        return each | {"totalRecords": each["totalRecords"] + 1, "datasetChecksum": 77}
    raised = each["partnerCode"] in (0, 490)
    return each | ({"primaryValue": each["primaryValue"] + 11} if raised else {})


def misencode(body):
    if body.startswith(b"{"):
        return body.replace(b'"typeCode": "C"', b'"typeCode": "\xc9"')
    return table([[cell.replace("X", "\xc9") for cell in line] for line in untable(body)])


def n_records(text):
    try:
        found = json.loads(text.decode("utf-8-sig"))
        return len(found["data"]) if str(found["count"]) == str(len(found["data"])) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def says(status, message, **headers):
    body = json.dumps({"statusCode": status, "message": message}).encode()
    return lambda asked: Reply(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


QUOTA = "Out of call volume quota. Quota will be replenished in 03:14:17."
LONG_URL = b"<!DOCTYPE html><html><head><title>Request URL Too Long</title></head><body>HTTP Error 414</body></html>"
GATEWAY = {
    "quota": Own(says(403, QUOTA), "quota", "03:14:17"),
    "quota with 401": Own(says(401, QUOTA), "quota", "Out of call volume"),
    "quota with 429": Own(says(429, QUOTA), "quota", "quota"),
    "too fast": Own(says(429, "Rate limit is exceeded. Try again in 1 seconds."), "data"),
    "too fast with a header": Own(says(429, "Rate limit is exceeded.", retry_after="1"), "data"),
    "no such resource": Own(says(404, "Resource not found"), "refused", "Resource not found"),
    "error in 200": Own(lambda asked: Reply(envelope([], error="Bad period")), "refused", "Bad period"),
    "error object in 200": Own(
        lambda asked: Reply(b'{"elapsedTime": "0.1 secs", "errorObject": {"errorMessage": "cmdCode is invalid"}}'),
        "refused",
        "cmdCode is invalid",
    ),
    "no rows": Own(lambda asked: Reply(envelope([])), "not_yet", "not released"),
    "half a body": Own(lambda asked: Reply(healthy(asked).body[:-30]), "data"),
}
KEYED = {
    "missing key": Own(says(401, "Access denied due to missing subscription key."), "key", "401"),
    "invalid key": Own(says(401, "Access denied due to invalid subscription key."), "key", "401"),
}
CUT = {
    "as many rows as the cap": Own(lambda asked: Reply(envelope([], count=100_000)), "split", "cap of 100000", 2),
    "question too long": Own(lambda asked: Reply(LONG_URL), "split", "too long", 2),
    "question too long with its status": Own(lambda asked: Reply(b"", 414), "split", "too long", 2),
}
PREVIEW_CUT = CUT | {"as many rows as the cap": Own(lambda asked: Reply(envelope([], count=500)), "split", "cap of 500", 2)}
COMMON = {
    "healthy": healthy,
    "reordered": changed(lambda each: dict(reversed(each.items())), lambda cells: [line[::-1] for line in cells]),
    "widened": changed(
        lambda each: each | {"note": "new"},
        lambda cells: [[*line, "note" if number == 0 else "new"] for number, line in enumerate(cells)],
    ),
    "revised": changed(revise, lambda cells: cells),
    "misencoded": misencode,
    "n_records": n_records,
}
TRADE = COMMON | {"division": "HKG", "n_rows": 24, "total": Decimal(2 * 3 * 1800) * Decimal("1.5")}
PREVIEW = TRADE | {"n_rows": 12, "total": Decimal(2 * 2 * 1800) * Decimal("1.5")}
ORIGINS = TRADE | {"total": Decimal(2 * 3 * 1800)}
RELEASED = COMMON | {"n_rows": 4, "total": Decimal(2 * (510 + 802)), "measure": "n_records"}
CASES = [
    Case("comtrade", "comtrade_monthly", MONTHS, own=GATEWAY | KEYED | CUT, **TRADE),
    Case("comtrade", "comtrade_annual", YEARS, own=CUT, shares_parser=True, **TRADE),
    Case("comtrade", "comtrade_reexport_origins", MONTHS, own={}, shares_parser=True, **ORIGINS),
    Case("comtrade", "comtrade_preview_monthly", MONTHS, own=GATEWAY | PREVIEW_CUT, shares_parser=True, **PREVIEW),
    Case("comtrade", "comtrade_preview_annual", YEARS, own=PREVIEW_CUT, shares_parser=True, **PREVIEW),
    Case("comtrade", "comtrade_availability_monthly", MONTHS, own=GATEWAY, **RELEASED),
    Case("comtrade", "comtrade_availability_annual", YEARS, own={}, shares_parser=True, **RELEASED),
    Case("comtrade", "comtrade_bulk_monthly", MONTHS, own=GATEWAY | KEYED, is_archive=True, **TRADE),
]
