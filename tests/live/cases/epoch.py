"""Epoch AI: an archive with a timeline by owner, a cumulative one without owner, and a table that is none."""

import io
import zipfile
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

H100E = "Compute estimate in H100e (median),H100e (5th percentile),H100e (95th percentile)"
UNITS = "Number of Units,Number of Units (5th percentile),Number of Units (95th percentile)"
OWNERS = (
    f"Name,Chip manufacturer,Owner,Start date,End date,{H100E},{UNITS},Chip type,Incomplete,Notes\n"
    'China H20 Q1 2025,Nvidia,China,1/1/2025,3/31/2025,70,50,90,"1,000",700,1300,H20,,"made, by hand"\n'
    "Microsoft H100 Q2 2025,Nvidia,Microsoft,4/1/2025,6/30/2025,30,20,40,30,20,40,H100,Yes,\n"
)
DESIGNERS = f"Name,Chip manufacturer,Start date,End date,{H100E}\nHuawei through Q1 2025,Huawei,2024-01-01,2025-03-31,200,,\n"
TYPES = "Chip,Maker\nH20,Nvidia\n"


def packed(**tables):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", (2026, 8, 27, 0, 0, 0)), text)
    return out.getvalue()


def whole(edit=lambda text: text):
    return packed(owners_quarters_by_chip=edit(OWNERS), cumulative_timelines_by_designer=edit(DESIGNERS), chip_types=TYPES)


def healthy(asked):
    return Reply(whole())


def reversed_columns(text):
    import csv

    rows = [row[::-1] for row in csv.reader(io.StringIO(text))]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def with_more(text):
    return "".join(f"{line},{'More' if n == 0 else 'x'}\n" for n, line in enumerate(text.splitlines()))


OWN = {
    "no archive": Own(lambda asked: Reply(b"chips,42\n"), "refused", "no zip archive"),
    "a page of an archive": Own(lambda asked: Reply(b"<html>moved</html>"), "data"),
}
CASES = [
    Case(
        "epoch",
        "epoch_chip_sales",
        months=(date(2022, 1, 1),),
        healthy=healthy,
        n_rows=5,
        total=Decimal(70 + 1000 + 30 + 30 + 200),
        measure="estimate_median",
        empty_kind="data",
        own=OWN,
        reordered=lambda body: whole(reversed_columns),
        widened=lambda body: whole(with_more),
        revised=lambda body: whole(lambda text: text.replace("1300", "1310")),
        misencoded=lambda body: packed(owners_quarters_by_chip=OWNERS.encode().replace(b"Nvidia", b"Nv\xc9dia")),
        is_archive=True,
    )
]
