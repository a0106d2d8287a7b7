"""Assets of the shipped inputs: each file is archived, tidied and accounted for; refused rows stop the run."""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.metadata import column_schema, failing_rows
from pipelines.assets.progress import report
from pipelines.errors import CheckFailed
from pipelines.home import Home
from pipelines.tidy.inputs import Input, shipped_inputs
from pipelines.tidy.lake import Account, first_refused, merge_accounts, origins_of, refusal, take_in
from pipelines.warehouse.publish import single_writer

GROUPS = {
    "facts": "Curated facts: rules, claims, chips, supply, prices, shares, headlines, published series.",
    "reference": "Dated configuration tables: countries, products, lines, hubs, purity, conventions, licences.",
    "snapshot": "Official trade statistics as shipped, one file per publisher and extract.",
}
ACCEPTED = "every_row_accepted"


def input_key(item: Input) -> dg.AssetKey:
    """Asset key of one shipped file."""
    return dg.AssetKey([item.group, item.dataset_id])


def input_assets(group: str) -> dg.AssetsDefinition:
    """One multi-asset per folder of data/; each file is an asset that can be materialised alone."""
    items = {input_key(item): item for item in shipped_inputs(Home.from_environment().data) if item.group == group}

    @dg.multi_asset(
        name=f"take_in_{group}",
        specs=[_spec(key, item) for key, item in items.items()],
        check_specs=[_check(key) for key in items],
        can_subset=True,
    )
    def take_in_group(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        home = Home.from_environment()
        chosen = [item for key, item in items.items() if key in context.selected_asset_keys]
        with single_writer(home.root):
            yield from _take_in(chosen, home)

    return take_in_group


def _take_in(chosen: list[Input], home: Home) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    origins = origins_of(home)
    accounts: list[Account] = []
    for done, item in enumerate(chosen, start=1):
        report(f"taking in data/{item.group}/{item.path.name}", done, len(chosen))
        accounts.append(take_in(item, home, origins))
    refused = [account for account in accounts if account.rows_quarantined]
    for item, account in zip(chosen, accounts, strict=True):
        yield _materialised(item, account)
        yield _checked(item, account, home)
    if refused:
        raise CheckFailed("\n".join(refusal(account, home) for account in refused))
    merge_accounts(accounts, home)


def _spec(key: dg.AssetKey, item: Input) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        group_name=item.group,
        description=item.table.grain(),
        kinds={"parquet", "polars"},
        metadata={"dagster/column_schema": column_schema(item.table), "file": f"data/{item.group}/{item.path.name}"},
    )


def _check(key: dg.AssetKey) -> dg.AssetCheckSpec:
    words = "rows read = accepted + quarantined, and none is quarantined: columns, types, key, NULLs, bounds, allowed values"
    return dg.AssetCheckSpec(ACCEPTED, asset=key, blocking=True, description=words)


def _materialised(item: Input, account: Account) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        asset_key=input_key(item),
        metadata={
            "dagster/row_count": account.rows_accepted,
            "rows_read": account.rows_read,
            "rows_quarantined": account.rows_quarantined,
            "sha256": account.content_sha256,
            "licence": account.licence_id,
        },
    )


def _checked(item: Input, account: Account, home: Home) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue] = {"rows_refused": dg.MetadataValue.int(account.rows_quarantined)}
    if account.rows_quarantined:
        refused = first_refused(account, home)
        metadata["first_rows"] = failing_rows(refused.columns, refused.rows())
    return dg.AssetCheckResult(
        asset_key=input_key(item), check_name=ACCEPTED, passed=account.rows_quarantined == 0, metadata=metadata
    )
