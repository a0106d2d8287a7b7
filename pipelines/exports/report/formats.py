"""How a cell of a table is shown in the report; the number check applies the same functions, so shown and stored cannot part."""

from collections.abc import Callable
from datetime import date
from typing import Any

from pipelines.exports.chain_page import shown

MINUS = "−"
Style = Callable[[Any], str]


def share(value: Any) -> str:
    """A share as percent: one digit after the point below ten percent."""
    percent = 100 * float(value)
    return f"{_signed(percent, 0 if abs(percent) >= 9.95 else 1)} %"


def change(value: Any) -> str:
    """A relative change as percent with its sign."""
    return ("+" if float(value) > 0 else "") + share(value)


def percent(value: Any) -> str:
    """A figure that is stored in percent, with its sign."""
    return change(float(value) / 100)


def number(value: Any) -> str:
    """Three significant digits, large figures with a word."""
    return shown(float(value)).replace("-", MINUS)


def decimals(value: Any) -> str:
    """Two digits after the point, as for ratios and log points."""
    return _signed(float(value), 2)


def p_value(value: Any) -> str:
    """Three digits after the point."""
    return f"{float(value):.3f}"


def whole(value: Any) -> str:
    """A count."""
    return f"{int(value):,}"


def day(value: date) -> str:
    """A day as year-month-day."""
    return value.isoformat()[:10]


def month(value: date) -> str:
    """A month as year-month."""
    return value.isoformat()[:7]


def code(value: Any) -> str:
    """A code of a fixed list, in words."""
    return str(value).replace("_", " ")


def flag(value: Any) -> str:
    """Yes or no."""
    return "yes" if value else "no"


def words(value: Any) -> str:
    """A text as it stands."""
    return str(value)


STYLES: dict[str, Style] = {
    style.__name__: style for style in (share, change, percent, number, decimals, p_value, whole, day, month, code, flag, words)
}


def _signed(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if not float(text.replace(",", "")) else text.replace("-", MINUS)
