"""Hong Kong: one month, three countries and World, headings without and subheadings with quantities, failures inside 200."""

import json
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

MONTHS = (date(2026, 6, 1),)
PARTNERS = {"CN": 700, "TW": 200, "US": 100}  # HK$ thousand for each code
ORIGINS = {"TW": 50, "KR": 30}
LINES = ("8542", "8471", "854231", "847330")  # all other codes are nil and left out


def record(asked, code, kind, figure, **countries):
    unit = {"unitEN": "Number"} if kind == "QCm" else {"unitEN": "HK$ thousand"}
    return {
        "period": asked.get("period"),
        "sv": kind,
        "code": code,
        "codeDescEN": "GOODS",
        "figure": str(figure),
        **unit,
        **countries,
    }


def cells(asked):
    """Figures in HK$ thousand by the countries of the question."""
    co, cc = asked.get("co"), asked.get("cc")
    if co and cc:
        return [(figure, {"co": origin, "cc": cc}) for origin, figure in ORIGINS.items()]
    if co or cc:
        return [(figure, {"co" if co else "cc": country}) for country, figure in PARTNERS.items()]
    return [(sum(PARTNERS.values()), {})]


def records(asked):
    return [
        record(asked, code, kind, figure if kind == "VCm" else figure * 3, **countries)
        for code in asked.all("code")
        if code in LINES
        for figure, countries in cells(asked)
        for kind in asked.get("sv").split(",")
    ]


def healthy(asked):
    if "/token/" in asked.path and "session=abc" not in asked.headers.get("cookie", ""):
        return failed("no session")(asked)
    found = records(asked)
    header = {"status": {"name": "Success", "code": 0}, "title": "Trade", "count": {"noOfRecords": len(found)}}
    return Reply(json.dumps({"header": header, "dataSet": found}).encode()) if found else failed("No record found")(asked)


def failed(*message):
    body = json.dumps({"header": {"status": {"name": "Fail", "code": 1, "message": list(message)}}}).encode()
    return lambda asked: Reply(body)


def counted_more(asked):
    body = json.loads(healthy(asked).body)
    body["header"]["count"] = {"noOfRecords": "999"}
    return Reply(json.dumps(body).encode())


def to_token(asked):
    query = "&".join(f"{name}={value}" for name, value in asked.params)
    return Reply(b"", 302, {"location": f"/token/get?{query}", "set-cookie": "session=abc; Path=/"})


def changed(edit):
    def apply(text):
        body = json.loads(text)
        if "dataSet" not in body:
            return text
        body["dataSet"] = [edit(row) for row in body["dataSet"]]
        return json.dumps(body).encode()

    return apply


def revise(row):
    return {**row, "figure": str(int(row["figure"]) + 1)}


def n_records(text):
    try:
        found = json.loads(text.decode("utf-8-sig"))
    except ValueError:
        return None
    filed = found.get("dataSet") if isinstance(found, dict) else None
    return len(filed) if isinstance(filed, list) else None


OWN = {
    "first request redirects with a cookie": Own(to_token, "data"),
    "month not out": Own(failed("Period code (202606) is not defined"), "not_yet", "Period code"),
    "nothing traded": Own(failed("No record found"), "empty", "No record"),
    "usage limit": Own(failed("Usage limit is exceeded"), "quota", "Usage limit"),
    "too many": Own(failed("Too many codes are selected"), "split", "Too many", parts=2),
    "unknown code": Own(failed("Commodity code (8471) is not defined"), "split", "not defined", parts=2),
    "other failure": Own(failed("Parameter ttype is invalid"), "refused", "ttype"),
    "fewer records than counted": Own(counted_more, "split", "of 999 records", parts=2),
    "no status": Own(lambda asked: Reply(b'{"dataSet": []}'), "refused", "without a status"),
    "success without records": Own(
        lambda asked: Reply(b'{"header": {"status": {"name": "Success"}}}'), "refused", "without records"
    ),
    "half a body": Own(lambda asked: Reply(healthy(asked).body[:-30]), "data"),
}
COMMON = {
    "months": MONTHS,
    "healthy": healthy,
    "measure": "value_local",
    "empty_kind": "data",  # asked again, as the publisher says so when there is nothing
    "own": OWN,
    "reordered": changed(lambda row: dict(reversed(row.items()))),
    "widened": changed(lambda row: {**row, "coDescEN": "SOMEWHERE"}),
    "revised": changed(revise),
    "n_records": n_records,
    "misencoded": lambda text: text.replace(b'"code"', b'"c\xc9de"'),
}
THOUSAND = 1000
WITH_WORLD = {"n_rows": 4 * 4, "total": Decimal(4 * 2 * 1000 * THOUSAND)}
CASES = [
    Case("hkcsd", "hkcsd_imports", **WITH_WORLD, **COMMON),
    Case("hkcsd", "hkcsd_imports_consignment", shares_parser=True, n_rows=12, total=Decimal(4 * 1000 * THOUSAND), **COMMON),
    Case("hkcsd", "hkcsd_domestic_exports", shares_parser=True, **WITH_WORLD, **COMMON),
    Case("hkcsd", "hkcsd_reexports", shares_parser=True, **WITH_WORLD, **COMMON),
    Case("hkcsd", "hkcsd_origin_reexports", division="CN", n_rows=8, total=Decimal(4 * 80 * THOUSAND), **COMMON),
    Case("hkcsd", "hkcsd_total_exports", shares_parser=True, **WITH_WORLD, **COMMON),
]
