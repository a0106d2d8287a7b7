"""Consolidated Screening List: two companies of different lists, a person, a vessel, an entry without a type."""

from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

HEADER = [
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses", "federal_register_notice", "start_date",
    "end_date", "license_requirement", "license_policy", "alt_names", "dates_of_birth", "nationalities",
]  # fmt: skip
EL = "Entity List (EL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"
ROWS = [
    ["a1", EL, "", "", "", "Example Semiconductor Co., Ltd.", "", "1 Road, Shenzhen, CN; 2 Road, HK", "84 FR 22961", "2019-05-16",
     "", "For all items subject to the EAR", "Presumption of denial", "ESC; Example Semi", "", ""],
    ["a2", SDN, "77", "Entity", "NPWMD", "Example Trading Ltd", "", "", "", "", "", "", "", "", "", ""],
    ["a3", SDN, "78", "Individual", "NPWMD", "A PERSON", "", "", "", "", "", "", "", "", "1970-01-01", "XX"],
    ["a4", SDN, "79", "Vessel", "", "A SHIP", "", "", "", "", "", "", "", "", "", ""],
    ["a5", "Denied Persons List (DPL) - Bureau of Industry and Security", "", "", "", "ANYONE", "", "", "", "2017-10-16",
     "2027-10-16", "", "", "", "", ""],
    ["a6", EL, "", "Individual", "", "LISTED PERSON", "", "", "", "2020-01-01", "", "", "", "", "", ""],
]  # fmt: skip


def table(header, rows):
    lines = [header, *rows]
    return ("\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines) + "\n").encode()


def healthy(asked):
    return Reply(table(HEADER, ROWS))


OWN = {
    "the last line is cut": Own(lambda asked: Reply(healthy(asked).body[:-5]), "data"),
    "another table": Own(lambda asked: Reply(b"a,b\n1,2\n"), "refused", "no table"),
    "no key for the search service": Own(lambda asked: Reply(b'{"statusCode": 401}', 401), "key", "401"),
}
CASES = [
    Case(
        "csl",
        "csl_companies",
        months=(date(2018, 1, 1),),
        healthy=healthy,
        n_rows=2,
        total=Decimal(2 + 3),
        measure="source_row",
        empty_kind="data",
        own=OWN,
        reordered=lambda text: table(HEADER[::-1], [row[::-1] for row in ROWS]),
        widened=lambda text: table([*HEADER, "ids"], [[*row, "x"] for row in ROWS]),
        revised=lambda text: text.replace(b"Example Trading Ltd", b"Example Trading Limited"),
        misencoded=lambda text: text.replace(b"Semiconductor", b"S\xc9miconductor"),
    )
]
