"""CEPII BACI: archives of two releases, each with two years of trade, lists of codes and a text that are not read."""

import io
import zipfile
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

RELEASES = (date(2025, 1, 1), date(2026, 1, 1))
HEADER = ["t", "i", "j", "k", "v", "q"]
# China's processors to Hong Kong, Taiwan's to the United States, Korea's memory to India, and what is left aside.
FLOWS = [
    ["156", "344", "854231", "1500.25", "12.5"],
    ["490", "842", "854231", "2000", "NA"],
    ["410", "699", "854232", "300.5", ""],
    ["251", "276", "010121", "77.7", "3"],
    ["276", "251", "9999AA", "9", "1"],
]
KEPT = 3


def trade(year):
    return [HEADER, *([str(year), *flow] for flow in FLOWS)]


def text_of(rows):
    return "".join(",".join(row) + "\n" for row in rows)


def packed(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 22, 0, 0, 0)), body)
    return out.getvalue()


def archive(release="V202601", revision="HS22", years=(2022, 2023), edit=lambda rows: rows):
    """A whole archive; the members stand in another order than their names."""
    members = {f"BACI_{revision}_Y{year}_{release}.csv": text_of(edit(trade(year))) for year in reversed(years)}
    further = {
        f"country_codes_{release}.csv": "country_code,country_name,country_iso2,country_iso3\n490,Other Asia nes,,S19\n",
        f"product_codes_{revision}_{release}.csv": "code,description\n854231,Processors\n",
        "Readme.txt": "BACI\n",
    }
    return packed({"Readme.txt": further.pop("Readme.txt"), **members, **further})


def healthy(asked):
    _, revision, rest = asked.path.rsplit("/", 1)[1].split("_")
    return Reply(archive(rest.removesuffix(".zip"), revision))


def changed(edit):
    def apply(body):
        with zipfile.ZipFile(io.BytesIO(body)) as found:
            texts = {name: found.read(name).decode() for name in found.namelist()}
        is_trade = {name: name.startswith("BACI_") for name in texts}
        lines = {name: [line.split(",") for line in text.splitlines()] for name, text in texts.items() if is_trade[name]}
        return packed({name: text_of(edit(lines[name])) if is_trade[name] else text for name, text in texts.items()})

    return apply


def misencoded(body):
    with zipfile.ZipFile(io.BytesIO(body)) as found:
        return packed({name: found.read(name).replace(b"854231", b"85\xc9231") for name in found.namelist()})


OWN = {
    "no such release": Own(lambda asked: Reply(b"not found", 404), "not_yet", "no release V202501 of HS22"),
    "no archive": Own(lambda asked: Reply(b"t,i,j,k,v,q\n"), "refused", "no zip archive"),
    "half an archive": Own(lambda asked: Reply(healthy(asked).body[:300]), "data"),  # asked again, then whole
}
CASES = [
    Case(
        "baci",
        "baci_flow",
        months=RELEASES,
        healthy=healthy,
        n_rows=2 * 2 * KEPT,
        total=2 * 2 * Decimal("3800750"),
        division="HS22",
        own=OWN,
        reordered=changed(lambda rows: [row[::-1] for row in rows]),
        widened=changed(lambda rows: [[*row, "more" if number == 0 else "x"] for number, row in enumerate(rows)]),
        revised=changed(lambda rows: [[cell.replace("1500.25", "1600.25") for cell in row] for row in rows]),
        misencoded=misencoded,
        is_archive=True,
    )
]
