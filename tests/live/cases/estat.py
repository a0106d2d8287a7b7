"""Eurostat Comext: two months of three codes with intra-EU, extra-EU and World beside the countries; a bulk archive."""

import csv
import io
from datetime import date
from decimal import Decimal
from functools import cache

import py7zr
from publisher import Reply

from cases import Case, Own

MONTHS = (date(2026, 5, 1), date(2026, 6, 1))
INSIDE, OUTSIDE = {"DE": 100, "XI": 7, "QV": 3}, {"TW": 700, "CN": 150, "QW": 40}
PARTNERS = {
    **INSIDE, **OUTSIDE, "INT_EU27_2020": sum(INSIDE.values()), "EXT_EU27_2020": sum(OUTSIDE.values()),
    "WORLD": sum(INSIDE.values()) + sum(OUTSIDE.values()),
}  # fmt: skip
CODES = {"8542": 2, "854231": 1}
HEADER = ["DATAFLOW", "LAST UPDATE", "freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE"]
BULK_HEADER = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,PRODUCT_SECTION,FLOW,"
    "STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
)
DATASET = "ESTAT:DS-045409(1.0)"


def text_of(rows, end="\r\n"):
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue().encode("latin-1")


def rows_of(body):
    return list(csv.reader(io.StringIO(body.decode("latin-1"), newline="")))


def api(asked):
    _, reporter, _, products, flows, _ = asked.path.split("/")[-1].replace(" ", "+").split(".")
    found = [HEADER]
    for code in (code for code in CODES if code in products.split("+")):
        for partner, euros in PARTNERS.items():
            for flow in flows.split("+"):
                where = [DATASET, "14/08/26 11:00:00", "M", reporter, partner, code, flow]
                month = asked.get("startPeriod")
                found.append([*where, "VALUE_IN_EUROS", month, euros * CODES[code]])
                found.append([*where, "QUANTITY_IN_100KG", month, f"{euros / 100:.2f}"])
    return text_of(found)


@cache
def archive(month, extra=0, columns="", latin="Y"):
    """The packed file of a month; cached, as packing takes time and the bytes must repeat."""
    rows = [BULK_HEADER.split(",")]
    codes = ["854231", "854232"]
    for partner, euros in (("TW", 700), ("US", 200)):
        for code in codes:
            common = ["DE", partner, "E", f"{code}90", "77641", "2611", "2611", "220", "311210", "16"]
            rows += [[*common, "1", number, "NO_SU", month, euros + extra, euros, 12, 0] for number in ("1", "2")]
        rows.append(["DE", partner, "E", "8542XXXX", *common[4:], "1", "1", "NO_SU", month, 5, 5, 0, 0])
        rows.append(["DE", partner, "E", "01012100", *common[4:], "1", "1", "NO_SU", month, 5, 5, 0, 0])
    if columns == "reordered":
        rows = [row[::-1] for row in rows]
    if columns == "widened":
        rows = [[*row, "NEW" if number == 0 else "1"] for number, row in enumerate(rows)]
    return packed(text_of(rows, "\n").replace(b"TW", b"T\xc9") if latin != "Y" else text_of(rows, "\n"), f"full_v2_{month}.dat")


def packed(text, name="full.dat"):
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=[{"id": py7zr.FILTER_COPY}]) as target:
        target.writestr(text, name)
    return out.getvalue()


def healthy(asked):
    if asked.path.endswith("/files"):
        return Reply(archive(asked.get("file")[-9:-3]))
    return Reply(api(asked))


def month_in(body):
    return next(month for month in ("202605", "202606") if month.encode() in body)


def changed(edit, **of_archive):
    def apply(body):
        if body.startswith(b"7z"):
            return archive(month_in(body), **of_archive)
        return text_of(edit(rows_of(body)))

    return apply


def revise(rows):
    raised = [[*row[:-1], str(int(row[-1]) + 11)] if row[7] == "VALUE_IN_EUROS" else row for row in rows[1:] if row[4] == "TW"]
    others = [row for row in rows[1:] if row[4] not in ("TW", "EXT_EU27_2020", "WORLD")]
    return [rows[0], *raised, *others]


def n_records(body):
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    return len([row for row in rows[1:] if row]) if rows else None


TOO_BIG = b"EXTRACTION_TOO_BIG: The requested extraction is too big, estimated 9 rows, max authorised is 5000000"
QUEUED = b"<env:Envelope><queued><id>1f2e</id><status>SUBMITTED</status></queued></env:Envelope>"
FOOTER = b"<mes:Footer><mes:Message code='413'>Due to the large query the response will be written to /async/</mes:Message>"
NOT_FOUND = b'{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4: DS-045409 is not available for dissemination."}]}'
OWN = {
    "too large": Own(lambda asked: Reply(TOO_BIG, 413), "split", "EXTRACTION_TOO_BIG", 2),
    "too large with 404": Own(lambda asked: Reply(TOO_BIG, 404), "split", "EXTRACTION_TOO_BIG", 2),
    "answered later": Own(lambda asked: Reply(QUEUED), "split", "for later", 2),
    "answered later in a footer": Own(lambda asked: Reply(FOOTER), "split", "for later", 2),
    "wrong root": Own(lambda asked: Reply(NOT_FOUND, 404), "refused", "ERR_NOT_FOUND_4"),
    "error in 200": Own(lambda asked: Reply(NOT_FOUND), "refused", "no SDMX-CSV"),
    "no rows": Own(lambda asked: Reply(text_of([HEADER])), "not_yet", "no rows"),
    "half a body": Own(lambda asked: Reply(healthy(asked).body[:-30]), "data"),
}
BULK_OWN = {
    "no such month": Own(lambda asked: Reply(b"not found", 404), "not_yet", "no archive"),
    "something else in 200": Own(lambda asked: Reply(b"file not available"), "refused", "no 7z archive"),
}
CASES = [
    Case(
        "estat",
        "estat_comext_api",
        MONTHS,
        healthy,
        n_rows=2 * 2 * 7 * 2,
        total=Decimal(2 * 2 * 3 * 2000),
        measure="value_local",
        division="EU27_2020",
        own=OWN,
        reordered=changed(lambda rows: [row[::-1] for row in rows]),
        widened=changed(lambda rows: [[*row, "OBS_FLAG" if number == 0 else ""] for number, row in enumerate(rows)]),
        revised=changed(revise),
        misencoded=lambda body: body.replace(b",TW,", b",T\xc9,"),
        n_records=n_records,
    ),
    Case(
        "estat",
        "estat_comext_bulk",
        MONTHS,
        healthy,
        n_rows=2 * 4,
        total=Decimal(2 * 2 * 2 * 900),
        measure="value_local",
        own=BULK_OWN,
        reordered=changed(None, columns="reordered"),
        widened=changed(None, columns="widened"),
        revised=changed(None, extra=11),
        misencoded=changed(None, latin="N"),
        is_archive=True,
    ),
]
