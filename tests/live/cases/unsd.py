"""UN correlation tables: one workbook for a pair of revisions, the first row of the sheet of links empty, as published."""

from datetime import date
from decimal import Decimal

from publisher import Reply
from workbook import workbook

from cases import Case, Own

CONVERSIONS = [["From HS2022", "To HS2017"], ["854231", "854231"], ["854921", "854231"], ["854991", "854231"]]
LINKS = [
    ["HS2022", " HS2017", "Relationship"],
    [10121, "010121", "1:1"],
    ["854231", "854231", "n:1"],
    ["854921", "854231", "n:n"],
    ["854991", "854231", "n:n"],
    ["854231", "854239", "n:n"],
]
NAMES = ("HS2022-HS2017 Conversions", "Correlation Tables")


def book(links, top=([],)):
    return workbook({NAMES[0]: CONVERSIONS, NAMES[1]: [*top, *links]})


def healthy(asked):
    return Reply(book(LINKS))


def edited(edit):
    return lambda body: book([edit(number, row) for number, row in enumerate(LINKS)])


OWN = {
    "no such workbook": Own(lambda asked: Reply(b"not found", 404), "refused", "404"),
    "no workbook": Own(lambda asked: Reply(b"HS2022,HS2017\n"), "refused", "no workbook"),
    "half a workbook": Own(lambda asked: Reply(healthy(asked).body[:400]), "data"),  # asked again, then whole
    "an empty answer": Own(lambda asked: Reply(b""), "data"),
}
CASES = [
    Case(
        "unsd",
        "unsd_hs_correlation",
        months=(date(2022, 1, 1),),
        healthy=healthy,
        n_rows=5,
        total=Decimal(3 + 4 + 5 + 6 + 2),  # lines from the header on: the empty first row has no cells
        measure="source_row",
        division="HS2022-HS2017",
        empty_kind="data",
        own=OWN,
        reordered=edited(lambda number, row: row[::-1]),
        widened=edited(lambda number, row: [*row, "Remark" if number == 0 else "x"]),
        revised=edited(lambda number, row: [row[0], row[1], "n:n"] if row[0] == "854231" else row),
        misencoded=edited(lambda number, row: ["85\xc9231" if row[0] == "854231" else row[0], *row[1:]]),
        is_archive=True,
    )
]
