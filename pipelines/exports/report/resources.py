"""The report as resources of the data package: every file with its size and hash."""

from collections.abc import Mapping

from pipelines.exports.hashes import size_and_hash
from pipelines.exports.report.write import FOLDER, TITLE

KINDS = {"html": "text/html", "svg": "image/svg+xml", "png": "image/png", "csv": "text/csv", "json": "application/json"}
PAGE = "index.html"


def report_resources(files: Mapping[str, bytes]) -> list[dict[str, object]]:
    """One resource for each file of the report, from its files by their path below the folder of the report."""
    return [_resource(path, body) for path, body in sorted(files.items())]


def _resource(path: str, body: bytes) -> dict[str, object]:
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    return {
        "name": f"report-{'page' if path == PAGE else f'{stem}-{ending}'}",
        "path": f"{FOLDER}/{path}",
        "type": "file",
        "description": f"{TITLE}." if path == PAGE else "A chart of the report, or the rows behind it.",
        "format": ending,
        "mediatype": KINDS[ending],
        **size_and_hash(body),
    }
