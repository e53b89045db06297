"""Workbooks of Excel, written cell by cell as the format says (ECMA-376), without a library."""

from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
DAY_STYLE, MOMENT_STYLE, TIME_STYLE = 1, 2, 3
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
    '<xf numFmtId="21" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
EPOCH = datetime(1899, 12, 30)


class Formula(str):
    """A formula; the value that Excel kept with it is 4.5."""


class ErrorCell(str):
    """An error of Excel such as #N/A."""


def letters(place: int) -> str:
    return chr(65 + place) if place < 26 else letters(place // 26 - 1) + letters(place % 26)


def cell_of(place: str, cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        case Formula():
            return f'<c r="{place}"><f>{escape(cell)}</f><v>4.5</v></c>'
        case ErrorCell():
            return f'<c r="{place}" t="e"><v>{cell}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        case datetime():
            days = (cell - EPOCH).total_seconds() / 86400
            return f'<c r="{place}" s="{MOMENT_STYLE}"><v>{days!r}</v></c>'
        case date():
            return (
                f'<c r="{place}" s="{DAY_STYLE}"><v>{(datetime(cell.year, cell.month, cell.day) - EPOCH).days}</v></c>'
            )
        case time():
            seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
            return f'<c r="{place}" s="{TIME_STYLE}"><v>{seconds / 86400!r}</v></c>'
        case _:
            return f'<c r="{place}"><v>{cell!r}</v></c>'


def sheet_of(rows: list[list[Any]]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(cell_of(f"{letters(place)}{number}", cell) for place, cell in enumerate(row))
        if cells:
            lines.append(f'<row r="{number}">{cells}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Return the bytes of an .xlsx file with these sheets, each a list of rows."""
    numbers = range(1, len(sheets) + 1)
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kinds}.worksheet+xml"/>'
            for number in numbers
        )
        + "</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, sheets, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        + f'<Relationship Id="rId{len(sheets) + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
    parts |= {
        f"xl/worksheets/sheet{number}.xml": sheet_of(rows)
        for number, rows in zip(numbers, sheets.values(), strict=True)
    }
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return buffer.getvalue()
