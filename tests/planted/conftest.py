"""One warehouse with all planted worlds for every test of the folder; it is the small warehouse of the property tests."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "properties"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """All worlds of the chosen seed, with the truth in the table planted_truth and its sums from the first month on."""
    import customs
    from bulk import BulkWorld
    from chosen import chosen_worlds
    from truth import planted_truth

    everything = chosen_worlds()
    with BulkWorld(customs.AS_OF) as made:
        made.con.execute("SET threads = 2")
        made.con.execute(f"SET temp_directory = '{tmp_path_factory.mktemp('spill')}'")
        made.con.execute("SET memory_limit = '2GB'")  # other tests run beside this one
        for name, rows in customs.reference(everything).items():
            made.put(name, rows)
        made.put_frame("tidy.trade_obs", customs.trade_obs(customs.filed(everything)))
        made.con.register("frame", planted_truth(everything).to_arrow())
        running = "sum(usd) OVER (PARTITION BY product_code, quantity, from_iso3, to_iso3, origin_iso3 ORDER BY month)"
        made.con.execute(f"CREATE TABLE planted_truth AS SELECT *, {running} AS running_usd FROM frame")
        yield made
