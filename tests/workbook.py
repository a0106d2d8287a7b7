"""The smallest workbook that spreadsheet readers take: sheets of texts and numbers, nothing else."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Cell = str | int | float | None
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """An xlsx file with the same bytes for the same sheets; an empty row is left out of the file, as spreadsheets do."""
    numbers = range(1, len(sheets) + 1)
    types = [("workbook", "sheet.main"), *((f"worksheets/sheet{n}", "worksheet") for n in numbers)]
    overrides = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{SHEET}.{kind}+xml"/>' for part, kind in types)
    names = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in zip(numbers, sheets, strict=True))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": _links([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links([(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]),
    }
    for n, rows in zip(numbers, sheets.values(), strict=True):
        lines = "".join(_row(number, row) for number, row in enumerate(rows, start=1) if row)
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    inner = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in links)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def _row(number: int, cells: Sequence[Cell]) -> str:
    shown = "".join(_cell(f"{chr(65 + n)}{number}", cell) for n, cell in enumerate(cells) if cell is not None)
    return f'<row r="{number}">{shown}</row>'


def _cell(name: str, cell: Cell) -> str:
    if isinstance(cell, str):
        return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{name}"><v>{cell}</v></c>'
