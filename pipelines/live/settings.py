"""Keys and addresses of publishers: from the environment, or from a settings file outside the repository; keys never print."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from pipelines.errors import InputError, Place, explain
from pipelines.home import Home

FILE = "settings.toml"
FILE_VARIABLE = "CHIPFLOWS_SETTINGS"
KNOWN = ("key", "base_url", "extra_ca", "contact", "accept")


class Secret:
    """A key: it has no text of its own except in `reveal()`, which only the HTTP client calls."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself."""
        return self._value

    def decoded(self) -> "Secret":
        """The key without percent-encoding, for publishers that show it in both forms."""
        return Secret(unquote(self._value))

    def hide(self, text: str) -> str:
        """The text with every spelling of the key replaced."""
        for spelled in self._spellings():
            text = text.replace(spelled, "***")
        return text

    def hide_bytes(self, body: bytes) -> bytes:
        """A body with every spelling of the key replaced; the same object when there is none."""
        for spelled in self._spellings():
            if spelled.encode() in body:
                body = body.replace(spelled.encode(), b"***")
        return body

    def _spellings(self) -> list[str]:
        """As it is, as URLs spell it (capital and small hexadecimals), as HTML and JSON spell it; longest first."""
        urls = {quote(self._value, safe=""), quote(self._value), quote_plus(self._value)}
        small = {re.sub(r"%[0-9A-F]{2}", lambda found: found.group().lower(), url) for url in urls}
        found = {self._value, escape(self._value), json.dumps(self._value)[1:-1], *urls, *small}
        return sorted(found, key=len, reverse=True)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        raise TypeError("a key is never pickled")


@dataclass(frozen=True)
class Setting:
    """What a user set for one source: key, another base address, a further CA certificate, a contact for the User-Agent.

    `accept` lists SHA-256 of bodies that are taken although they are not pinned, separated by commas; `any` takes all.
    """

    key: Secret | None = None
    base_url: str = ""
    extra_ca: str = ""
    contact: str = ""
    accept: str = ""

    def accepts(self, digest: str) -> bool:
        """Whether the user takes a body of this hash although it is not pinned."""
        return bool({"any", digest} & {part.strip().lower() for part in self.accept.split(",") if part.strip()})

    def hide(self, text: str) -> str:
        """The text without the key."""
        return self.key.hide(text) if self.key else text


def key_variable(source_id: str) -> str:
    """Name of the environment variable that holds the key of a source, for example CHIPFLOWS_KEY_USCB."""
    return f"CHIPFLOWS_KEY_{source_id.upper()}"


def settings_path(home: Home, environment: Mapping[str, str] | None = None) -> Path:
    """Where the settings file is looked for: CHIPFLOWS_SETTINGS, else settings.toml in the home folder (ignored by git)."""
    given = (os.environ if environment is None else environment).get(FILE_VARIABLE)
    return Path(given) if given else home.root / FILE


def setting_of(source_id: str, home: Home, environment: Mapping[str, str] | None = None) -> Setting:
    """Setting of one source; the environment goes before the file. Raises InputError for a file that cannot be read."""
    given = os.environ if environment is None else environment
    filed = _section(settings_path(home, given), source_id)
    text = {name: given.get(f"CHIPFLOWS_{name.upper()}_{source_id.upper()}") or str(filed.get(name, "")) for name in KNOWN}
    key = text.pop("key").strip()
    return Setting(key=Secret(key) if key else None, **text)


def _section(path: Path, source_id: str) -> dict[str, Any]:
    if not path.exists():
        return {}
    place = Place("settings", str(path))
    try:
        filed = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        # The text of the line may hold a key, so only its number is told.
        raise InputError(
            explain(
                place, f"a file that is not TOML (line {line.group(1) if line else '?'})", '[source] key = "..."', "repair it"
            )
        ) from None
    section = filed.get(source_id, {})
    unknown = [name for name in section if name not in KNOWN] if isinstance(section, dict) else ["?"]
    if unknown:
        raise InputError(explain(place, f"[{source_id}] {', '.join(unknown)}", f"only {', '.join(KNOWN)}", "repair the section"))
    return dict(section)
