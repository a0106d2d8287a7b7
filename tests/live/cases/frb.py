"""Federal Reserve H.10: a complete April with a holiday, and a May that has only begun."""

from datetime import date, timedelta
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

SERIES = {"RXI_N.B.TA": "30.1", "RXI$US_N.B.EU": "1.17", "RXI_N.B.BZ": "5.5"}
HOLIDAY = date(2026, 4, 3)


def days():
    start = date(2026, 4, 1)
    return [day for day in (start + timedelta(days=n) for n in range(36)) if day.weekday() < 5]


def table(series, more=()):
    head = [
        ["Series Description", *(f"SPOT EXCHANGE RATE, {name}" for name in series)],
        ["Unit:", *("Currency:_Per_USD" for _ in series)],
        ["Multiplier:", *("1" for _ in series)],
        ["Currency:", *("USD" for _ in series)],
        ["Unique Identifier: ", *(f"H10/H10/{name}" for name in series)],
        ["Time Period", *series],
    ]
    body = [[f"{day}", *("ND" if day == HOLIDAY else _value(day, value) for value in series.values())] for day in days()]
    quoted = [",".join(f'"{cell}"' for cell in row) for row in head]
    return "\r\n".join([*quoted, *(",".join(row) for row in body), ""]).encode()


def _value(day, value):
    return str(Decimal(value) + Decimal(day.day) / 100)


def healthy(asked):
    return Reply(table(SERIES))


def average():
    good = [day for day in days() if day.month == 4 and day != HOLIDAY]
    return [sum(Decimal(_value(day, SERIES[name])) for day in good) / len(good) for name in ("RXI_N.B.TA", "RXI$US_N.B.EU")]


def without_currency_line(asked):
    lines = table(SERIES).split(b"\r\n")
    return Reply(b"\r\n".join(line for line in lines if not line.startswith(b'"Currency:')))


OWN = {
    "another package hash": Own(lambda asked: Reply(b"Invalid series requested"), "key", "hash was not accepted"),
    "no day yet": Own(lambda asked: Reply(b"\r\n".join(table(SERIES).split(b"\r\n")[:6])), "not_yet", "no days"),
    "five header lines": Own(without_currency_line, "data"),
    "another table": Own(lambda asked: Reply(b"a,b\r\n1,2\r\n"), "refused", "no table"),
}
CASES = [
    Case(
        "frb",
        "frb_h10_daily",
        months=(date(2026, 4, 1),),
        healthy=healthy,
        n_rows=2,
        total=sum((round(each, 12) for each in average()), Decimal(0)),
        measure="rate",
        own=OWN,
        reordered=lambda text: table(dict(reversed(SERIES.items()))),
        widened=lambda text: table(SERIES | {"RXI_N.B.SD": "9.4"}),
        revised=lambda text: text.replace(b"30.11", b"30.19"),
        misencoded=lambda text: text.replace(b"SPOT", b"SP\xc9T"),
    )
]
