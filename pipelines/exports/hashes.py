"""Hashes of exported files, as the data package, the passports and the checksum file name them."""

import hashlib


def sha256(body: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def size_and_hash(body: bytes) -> dict[str, object]:
    """What a resource of the data package says of its file."""
    return {"bytes": len(body), "hash": f"sha256:{sha256(body)}"}
