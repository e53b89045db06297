"""The parts of a number as people write it, and its value under a decimal mark.

A cell such as "($1.234,50 USD)*" has a sign, what stands before and behind the digits, and the digits with their marks.
Which of "." and "," is the decimal mark belongs to the column and the file (see `read_cells.py`), so nothing here
decides it: a cell has a value under either mark, or none.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

DecimalMark = Literal[".", ","]

BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2002\u2003\u2005\u2006\u3000\t"), " ")
SIGNS = dict.fromkeys(map(ord, "\u2212\u2013\u2012\uff0d\ufe63"), "-")
APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u02bc\u00b4`\u2032"), "'")
WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}
PLAIN = BLANKS | SIGNS | APOSTROPHES | WIDE

CURRENCIES = {
    "$": "$", "US$": "$", "USD": "$", "U$S": "$", "€": "€", "EUR": "€", "EURO": "€", "EUROS": "€", "£": "£", "GBP": "£",
    "¥": "¥", "JPY": "¥", "CN¥": "CNY", "CNY": "CNY", "RMB": "CNY", "元": "CNY", "円": "¥", "₹": "₹", "INR": "₹",
    "RS": "₹", "RS.": "₹", "₩": "₩", "KRW": "₩", "₽": "₽", "RUB": "₽", "РУБ": "₽", "РУБ.": "₽", "₺": "₺", "TRY": "₺",
    "TL": "₺", "₴": "₴", "UAH": "₴", "₦": "₦", "NGN": "₦", "₱": "₱", "PHP": "₱", "฿": "฿", "THB": "฿", "₫": "₫",
    "VND": "₫", "₪": "₪", "ILS": "₪", "R$": "R$", "BRL": "R$", "A$": "A$", "AU$": "A$", "AUD": "A$", "C$": "C$",
    "CA$": "C$", "CAD": "C$", "NZ$": "NZ$", "NZD": "NZ$", "HK$": "HK$", "HKD": "HK$", "S$": "S$", "SGD": "S$",
    "MX$": "MXN", "MXN": "MXN", "NT$": "NT$", "TWD": "NT$", "CHF": "CHF", "SFR": "CHF", "FR.": "CHF", "KR": "kr",
    "KR.": "kr", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "ISK": "ISK", "ZŁ": "zł", "PLN": "zł", "KČ": "Kč",
    "CZK": "Kč", "FT": "Ft", "HUF": "Ft", "LEI": "lei", "RON": "lei", "ЛВ": "лв", "BGN": "лв", "ZAR": "ZAR", "R": "ZAR",
    "IDR": "Rp", "RP": "Rp", "RP.": "Rp", "MYR": "RM", "RM": "RM", "AED": "AED", "SAR": "SAR", "EGP": "EGP",
    "ARS": "ARS", "CLP": "CLP", "COP": "COP", "PEN": "PEN", "S/": "PEN", "S/.": "PEN", "KES": "KES",
    "KSH": "KES", "GHS": "GHS",
    "PKR": "PKR", "BDT": "BDT", "৳": "BDT", "LKR": "LKR", "QAR": "QAR", "KWD": "KWD", "₿": "BTC", "BTC": "BTC",
    "ETH": "ETH",
}  # fmt: skip
ONLY_BEHIND = {"FT", "KR", "KR.", "TL", "R"}  # which are other things too: feet, and initials
MAGNITUDES = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "tsd": 1e3, "tsd.": 1e3, "mille": 1e3, "thsd": 1e3,
    "M": 1e6, "MM": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "mio.": 1e6, "mill": 1e6, "mill.": 1e6, "million": 1e6,
    "millions": 1e6, "millionen": 1e6, "mln": 1e6, "mln.": 1e6, "mil": 1e6,
    "B": 1e9, "bn": 1e9, "bln": 1e9, "billion": 1e9, "billions": 1e9, "mrd": 1e9, "mrd.": 1e9, "md": 1e9,
    "milliard": 1e9, "milliards": 1e9, "tn": 1e12, "trn": 1e12, "trillion": 1e12, "trillions": 1e12,
    "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5, "crore": 1e7, "crores": 1e7, "cr": 1e7, "cr.": 1e7,
}  # fmt: skip
AS_WRITTEN = {"M", "MM", "mm", "B"}  # whose small letters are units: metres, bytes
ORDINAL = re.compile(r"(st|nd|rd|th)\b", re.IGNORECASE)  # the 2nd owner is a category, and no number in a unit
WITH_MONEY = {"m": 1e6, "b": 1e9, "T": 1e12, "t": 1e12, "mil": 1e6, "MM": 1e6, "mm": 1e6}  # beside a currency or others
LIMITS = (
    "approx.", "approx", "about", "under", "over", "ca.", "ca", "c.", "<=", ">=", "<", ">", "≤", "≥", "~", "≈", "±",
)  # fmt: skip
ANY_GROUPS = ".,' "
NOTHING = {".", ","}
# 12.- francs, 12,- euro, 12:- kronor, 12/- rupees
WHOLE_MONEY = re.compile(r"(?:([.,])[-–—]{1,2}|:-|/[-=])(?=\s*\S{0,5}$)")
CONTINUED = re.compile(r"[-,.']|/\s*\d")  # a range, a date, a fraction: more than one number
UNIT = re.compile(r"[^\W\d_%°\"'€$£¥₹/²³]?[^\d()\[\]{}<>=;:!?|\\#*†‡]{0,24}(?:[23]|/\s?100\s?k?m)?(?<=\S)$")
INTERVAL = re.compile(r"\s*[\[(]\s*[-+]?\d[\d.,]*\s*%?\s*(?:-|,|;|to)\s*[-+]?\d[\d.,]*\s*%?\s*[\])]$")  # 0.5 [0.2-1.1]
FOOTNOTE = re.compile(r"\s*(?:[*†‡§¶#]+|\[\w{1,3}\]|\(\w\)|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)$")
POWER = re.compile(r"[^\W\d_][²³]$")  # m², which is no footnote to metres
FLAGS = re.compile(r"^[bcdefinprsuz]{1,2}$")  # of statistical offices: break, confidential, estimated, provisional, ...

EXCEL_TEXT = re.compile(r"'[-+]?[\d.,]+$")
LONGEST = 400  # characters of a number, beyond which it names something
BOUND = re.compile(
    r"\s*\b(?:(?:or|and|oder|und)\s+)?(?:more|over|above|older|up|less|under|below|fewer|plus|mehr|älter|weniger)$",
    re.IGNORECASE,
)  # 5 or more, 65 and older
DIGITS = re.compile(r"(?:\d[\d.,' _]*\d|\d|[.,]\d+)")
NAME = re.compile(r"[A-Z][a-z]{2,}|[a-z]+[A-Z][a-z]{2,}")  # 1Fam and 2Story are names, 12kWh is a number
EXPONENT = re.compile(r"[eE][+-]?\d{1,3}(?![\d\w])")
SIMPLE = re.compile(r"[+-]?\d+(?:\.\d+)?$")
CODE = re.compile(r"^[+-]?0\d+$")  # a number that begins with 0 names something


@dataclass(frozen=True)
class NumberText:
    """A cell that is written as a number.

    Parameters
    ----------
    sign : float
        1 or -1.
    digits : str
        The digits with the marks between them.
    exponent : str
        Such as "e-05"; empty where there is none.
    prefix, suffix : str
        What stands before and behind: a currency, a unit, a magnitude.
    mark : str
        What says that the number is not meant exactly: a footnote mark, or the sign of a limit ("<").
    """

    sign: float
    digits: str
    exponent: str = ""
    prefix: str = ""
    suffix: str = ""
    mark: str = ""


def plain(cell: str) -> str:
    """Return a cell with one form of blanks, minus signs, apostrophes and digits, and without blanks around it.

    An apostrophe before a number, by which Excel keeps it as text, is left out.
    """
    if EXCEL_TEXT.match(cell):
        cell = cell[1:]
    return cell.strip() if cell.isascii() and "\t" not in cell and "`" not in cell else cell.translate(PLAIN).strip()


def split_number(cell: str) -> NumberText | None:
    """Return the parts of a plain cell, or None where it is no number with at most a unit around it."""
    if len(cell) <= LONGEST and SIMPLE.match(cell):
        return NumberText(-1.0 if cell[0] == "-" else 1.0, cell.lstrip("+-"))
    found = DIGITS.search(cell)
    if found is None or len(cell) > 60:
        return _vulgar_fraction(cell)
    before, behind = cell[: found.start()].strip(), cell[found.end() :]
    exponent = EXPONENT.match(behind)
    behind = (behind if exponent is None else behind[exponent.end() :]).strip()
    digits, behind = _without_dashes(found[0], behind)
    glued = NAME.match(cell, found.end())
    is_name = glued and glued[0].lower() not in MAGNITUDES and glued[0].upper() not in CURRENCIES
    if is_name or ORDINAL.match(cell, found.end()):
        return None
    sign, before, behind = _sign(before, behind)
    prefix, mark = _prefix(before)
    if sign is None or prefix is None:
        return None
    footnote = FOOTNOTE.search(behind) or INTERVAL.search(behind)
    if footnote is not None and not POWER.search(behind):
        behind, mark = behind[: footnote.start()].strip(), mark or footnote[0].strip()
    if bound := BOUND.search(behind):
        behind, mark = behind[: bound.start()].strip(), mark or bound[0].strip()
    if behind.endswith("+"):
        behind, mark = behind[:-1].strip(), mark or "+"
    if behind in NOTHING:
        behind = ""
    elif behind and (CONTINUED.match(behind) or not UNIT.match(behind) or (behind[0] in "\"'" and len(behind) > 1)):
        return None
    return NumberText(sign, digits, "" if exponent is None else exponent[0], prefix, behind, mark)


def _without_dashes(digits: str, behind: str) -> tuple[str, str]:
    """Return digits and what stands behind them without the dash for no pence, whose mark is the decimal one."""
    dashes = WHOLE_MONEY.match(behind)
    return (digits, behind) if dashes is None else (digits + (dashes[1] or ""), behind[dashes.end() :].strip())


def number_values(digits: str, exponent: str = "", groups: str | None = None) -> dict[DecimalMark, float]:
    """Return the value of digits under every decimal mark that can be meant.

    `groups` are the marks that may stand between thousands; None is any.
    """
    return {mark: value for mark in (".", ",") if (value := _value(digits, exponent, mark, groups)) is not None}


@cache
def _grouped(mark: DecimalMark, groups: str) -> re.Pattern[str]:
    decimal = re.escape(mark)
    three = "|".join(rf"[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+" for group in groups)
    indian = r"|[1-9]\d?(?:,\d{2})+,\d{3}" if "," in groups else ""
    return re.compile(rf"(?:{three}{indian})(?:{decimal}\d*)?$")


PLAIN_DIGITS = {mark: re.compile(rf"(?:\d+(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+)$") for mark in (".", ",")}


def _value(digits: str, exponent: str, mark: DecimalMark, groups: str | None) -> float | None:
    if PLAIN_DIGITS[mark].match(digits):
        return float(digits.replace(mark, ".") + exponent)
    allowed = "".join(group for group in (ANY_GROUPS if groups is None else groups) if group != mark)
    if exponent or not allowed or not _grouped(mark, allowed).match(digits):
        return None
    kept = [character for character in digits if character.isdigit() or character == mark]
    return float("".join(kept).replace(mark, "."))


def unit_of(parts: NumberText, beside_money: bool) -> tuple[float, str, str]:
    """Return the magnitude that a number is multiplied by, its unit, and a flag that stands where a unit would.

    `beside_money` says that the column has a currency or other magnitudes: then "m" is million, not metre.
    """
    if not parts.prefix and not parts.suffix:
        return 1.0, "", ""
    scale, suffix = _magnitude(parts.suffix, beside_money or bool(parts.prefix))
    currency = CURRENCIES.get(suffix.upper().rstrip("."), CURRENCIES.get(suffix.upper(), ""))
    prefix = CURRENCIES.get(parts.prefix.upper(), parts.prefix)
    if not prefix and scale == 1 and FLAGS.match(suffix):
        return 1.0, "", suffix
    if currency:
        return scale, currency if prefix in ("", currency) else f"{prefix} {currency}", ""
    return scale, " ".join(part for part in (prefix, _singular(suffix)) if part), ""


def has_magnitude(parts: NumberText) -> bool:
    """Return whether a number has a magnitude that is no unit too."""
    return _magnitude(parts.suffix, False)[0] != 1.0


def _magnitude(suffix: str, beside_money: bool) -> tuple[float, str]:
    found = re.match(r"([^\W\d_]+\.?)(?=$|[\s/$€£¥₹])", suffix)
    if found is None:
        return 1.0, suffix
    name = found[1]
    scale = MAGNITUDES.get(name) if name in AS_WRITTEN else MAGNITUDES.get(name.lower())
    if name in ("m", "b", "t", "T", "MM", "mm", "mil", "Mil"):
        scale = WITH_MONEY.get(name, 1e6) if beside_money else (MAGNITUDES["MM"] if name == "MM" else None)
    return (1.0, suffix) if scale is None else (scale, suffix[found.end() :].strip())


def _singular(unit: str) -> str:
    """Return a unit without what makes it two: a blank, a full stop, the s of a plural."""
    short = unit.strip(" .-")
    return short[:-1] if len(short) > 3 and short.endswith("s") and short.isalpha() else short


def _sign(before: str, behind: str) -> tuple[float | None, str, str]:
    """Return the sign, and what stands around the number without it; None where there are two."""
    signs = 0
    negative = False
    if "(" in before:
        if not behind.endswith(")") or before.count("(") > 1:
            return None, before, behind
        before, behind, negative, signs = before.replace("(", "").strip(), behind[:-1].strip(), True, 1
    for place in (0, -1):
        if before and before[place] in "+-":
            negative, signs = before[place] == "-", signs + 1
            before = (before[1:] if place == 0 else before[:-1]).strip()
    if behind == "-" or (behind.endswith("-") and len(behind) > 1 and behind[-2] not in ".,"):
        negative, signs, behind = True, signs + 1, behind[:-1].strip()
    return (None if signs > 1 else -1.0 if negative else 1.0), before, behind


def _prefix(before: str) -> tuple[str | None, str]:
    """Return the currency before a number, and the mark of a limit; None where it is neither."""
    if not before:
        return "", ""
    mark = next((limit for limit in LIMITS if before.lower().startswith(limit)), "")
    rest = before[len(mark) :].strip()
    if not rest:
        return "", mark
    known = rest.upper() in CURRENCIES and rest.upper() not in ONLY_BEHIND - {"KR", "KR."}
    return (rest, mark) if known else (None, mark)


def _vulgar_fraction(cell: str) -> NumberText | None:
    """Return 1½ and ¾ as numbers."""
    found = re.match(r"([+-]?)(\d*)\s*([¼-¾⅐-⅞])\s*(.*)$", cell)
    if found is None or (found[4] and not UNIT.match(found[4])):
        return None
    value = int(found[2] or 0) + unicodedata.numeric(found[3])
    return NumberText(-1.0 if found[1] == "-" else 1.0, repr(value), suffix=found[4])
