"""Korea: one month, two lines by two countries, tags in alphabetical order, a total first, error codes inside 200."""

import re
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

MONTHS = (date(2026, 6, 1),)
COUNTRIES = {"CN": (700, 7, 50, 5), "TW": (300, 3, 1250, 0)}  # exports in USD and kg, imports in USD and kg
LINES = {"854232": ("8542321010", "8542323000"), "847130": ("8471300000",)}
N_LINES = 3
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OK = "<header><resultCode>00</resultCode><resultMsg>정상서비스.</resultMsg></header>"


def item(year, code, country, figures):
    exports, export_kg, imports, import_kg = figures
    cells = {
        "balPayments": exports - imports, "expDlr": exports, "expWgt": export_kg, "hsCd": code, "impDlr": imports,
        "impWgt": import_kg, "statCd": country, "statCdCntnKor1": "나라", "statKor": "메모리", "year": year,
    }  # fmt: skip
    return "<item>" + "".join(f"<{tag}>{value:,}</{tag}>" if isinstance(value, int) else f"<{tag}>{value}</{tag}>"
                              for tag, value in cells.items()) + "</item>"  # fmt: skip


def response(items):
    return Reply(f"{HEAD}<response>{OK}<body><items>{''.join(items)}</items></body></response>".encode())


def healthy(asked):
    lines = LINES.get(asked.get("hsSgn"), ())
    month = f"{asked.get('strtYymm')[:4]}.{asked.get('strtYymm')[4:]}"
    rows = [item(month, line, country, figures) for line in lines for country, figures in COUNTRIES.items()]
    total = [len(lines) * sum(figures[part] for figures in COUNTRIES.values()) for part in range(4)]
    return response([item("총계", "-", "-", total), *rows])


def envelope(code, words):
    head = f"<errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{words}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode>"
    return lambda asked: Reply(f"<OpenAPI_ServiceResponse><cmmMsgHeader>{head}</cmmMsgHeader></OpenAPI_ServiceResponse>".encode())


def result(code, words):
    header = f"<header><resultCode>{code}</resultCode><resultMsg>{words}</resultMsg></header>"
    return lambda asked: Reply(f"{HEAD}<response>{header}</response>".encode())


def reorder(text):
    pieces = re.findall(rb"<item>(.*?)</item>", text, re.DOTALL)
    for piece in pieces:
        cells = re.findall(rb"<(\w+)>[^<]*</\1>", piece)
        by_tag = {tag: re.search(rb"<%s>[^<]*</%s>" % (tag, tag), piece).group() for tag in cells}
        text = text.replace(piece, b"".join(by_tag[tag] for tag in reversed(cells)))
    return text


def revise(text):
    lines = re.findall(rb"<item>.*?</item>", text, re.DOTALL)
    return text.replace(lines[-1], lines[-1].replace(b"<expDlr>300<", b"<expDlr>301<")) if len(lines) > 1 else text


def n_records(text):
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        root = fromstring(text)
    except (ParseError, ValueError, LookupError):
        return None
    items = [[child.tag for child in one] for one in root.iter("item")]
    return sum(2 if len(set(tags)) == len(tags) else 1 for tags in items)


CODES = {
    "10": ("refused", "INVALID_REQUEST_PARAMETER_ERROR"), "11": ("refused", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR"),
    "12": ("refused", "NO_OPENAPI_SERVICE_ERROR"), "20": ("key", "SERVICE_ACCESS_DENIED_ERROR"),
    "21": ("key", "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR"),
    "22": ("quota", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"),
    "30": ("key", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"), "31": ("key", "DEADLINE_HAS_EXPIRED_ERROR"),
    "32": ("key", "UNREGISTERED_IP_ERROR"), "33": ("key", "UNSIGNED_CALL_ERROR"),
}  # fmt: skip
OWN = (
    {f"reason {code}": Own(envelope(code, words), kind, f"code {code}") for code, (kind, words) in CODES.items()}
    | {
        "reason 99": Own(envelope("99", "UNKNOWN_ERROR"), "data"),  # asked again
        "result 03": Own(result("03", "NODATA_ERROR"), "not_yet", "no data"),
        "result 02": Own(result("02", "DB_ERROR"), "data"),
        "a code of tomorrow": Own(result("77", "?"), "refused", "not documented"),
        "only the total": Own(lambda asked: response([item("합계", "-", "-", (0, 0, 0, 0))]), "not_yet", "only the total"),
        "half a body": Own(lambda asked: Reply(healthy(asked).body[:-30]), "data"),
    }
)
CASES = [
    Case(
        "kcs",
        "kcs_trade_hsk10",
        MONTHS,
        healthy,
        n_rows=N_LINES * 2 * 2,
        total=Decimal(N_LINES * (700 + 300 + 50 + 1250)),
        own=OWN,
        reordered=reorder,
        widened=lambda text: text.replace(b"<item>", b"<item><dlrUnit>USD</dlrUnit>"),
        revised=revise,
        misencoded=lambda text: text.replace("메모리".encode(), "메모리".encode("euc-kr")),
        n_records=n_records,
    )
]
