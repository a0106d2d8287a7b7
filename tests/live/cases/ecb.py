"""ECB: two months of three currencies with quoted titles that hold commas."""

from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

HEADER = [
    "KEY", "FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS",
    "TITLE_COMPL", "UNIT", "UNIT_MULT",
]  # fmt: skip
RATES = {
    ("USD", "2026-04"): "1.1701", ("USD", "2026-05"): "1.1662", ("JPY", "2026-04"): "182.41", ("JPY", "2026-05"): "183.07",
    ("MXN", "2026-04"): "20.3155",
}  # fmt: skip


def table(header, rows, quoted="TITLE_COMPL"):
    place = header.index(quoted)
    lines = [[f'"{cell}"' if number == place else cell for number, cell in enumerate(row)] for row in rows]
    return "\r\n".join([",".join(header), *(",".join(row) for row in lines), ""]).encode()


def rows():
    for (code, month), value in RATES.items():
        title = f"Reference rate, {code} against euro, average"
        yield [f"EXR.M.{code}.EUR.SP00.A", "M", code, "EUR", "SP00", "A", month, value, "A", title, code, "0"]
    yield ["EXR.M.MXN.EUR.SP00.A", "M", "MXN", "EUR", "SP00", "A", "2026-05", "NaN", "M", "Reference rate, none", "MXN", "0"]


def healthy(asked):
    return Reply(table(HEADER, list(rows())))


def reordered(text):
    return table(HEADER[::-1], [row[::-1] for row in rows()])


def widened(text):
    return table([*HEADER, "EXTRA"], [[*row, "x"] for row in rows()])


OWN = {
    "nothing matches": Own(lambda asked: Reply(b"No results found.", 404), "not_yet", "404"),
    "the last line is cut": Own(lambda asked: Reply(healthy(asked).body[:-20]), "data"),
    "another table": Own(lambda asked: Reply(b"a,b\r\n1,2\r\n"), "refused", "no table"),
}
CASES = [
    Case(
        "ecb",
        "ecb_exr_monthly",
        months=(date(2026, 5, 1),),
        healthy=healthy,
        n_rows=5,
        total=sum(map(Decimal, RATES.values()), Decimal(0)),
        measure="rate",
        own=OWN,
        reordered=reordered,
        widened=widened,
        revised=lambda text: text.replace(b"183.07", b"183.09"),
        misencoded=lambda text: text.replace(b"Reference", b"R\xc9ference"),
    )
]
