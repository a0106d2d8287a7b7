"""The worlds that the tests run on: those of the fixed seed, or of the seed in the environment variable PLANTED_SEED."""

import os
from functools import cache

import customs
import oracle
from generator import SEED, Planted, worlds


@cache
def chosen_worlds() -> tuple[Planted, ...]:
    """All worlds of the chosen seed."""
    return tuple(worlds(int(os.environ.get("PLANTED_SEED", SEED))))


@cache
def chosen_books() -> tuple[tuple[Planted, oracle.Book], ...]:
    """Every world with what is filed of it."""
    found: dict[str, list[customs.Series]] = {}
    for row in customs.filed(chosen_worlds()):
        found.setdefault(row.product_code, []).append(row)
    return tuple((planted, oracle.book(found[planted.product_code])) for planted in chosen_worlds())
