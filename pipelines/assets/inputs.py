"""Assets of the shipped inputs: each file is archived, tidied and accounted for; refused rows stop the run."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.assets.groups import description_of
from pipelines.assets.metadata import OWNERS, column_schema, guide_and_code, table_of
from pipelines.assets.progress import report
from pipelines.errors import CheckFailed, InputError
from pipelines.home import Home
from pipelines.lock import single_writer
from pipelines.tidy.inputs import SCENARIO_GROUP, USER_GROUP, Input, shipped_inputs, user_claims_input
from pipelines.tidy.lake import (
    Account,
    first_refused,
    leave_out_user_claims,
    merge_accounts,
    origins_of,
    refusal,
    take_in,
    take_in_user_claims,
)
from pipelines.tidy.scenarios import read_scenarios

SHIPPED_GROUPS = ("facts", "reference", SCENARIO_GROUP, "snapshot")
ACCEPTED = "every_row_accepted"
USER_OP = "take_in_user_claims"


class ClaimsConfig(dg.Config):
    """A user's own claims: `claims` is the path of the CSV file; without it the warehouse holds shipped claims only."""

    claims: str | None = None


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


def user_claims_assets() -> dg.AssetsDefinition:
    """The asset of a user's own claims: empty unless the run names a file."""
    item = user_claims_input(Path("user_claims.csv"))
    key = input_key(item)

    @dg.multi_asset(name=USER_OP, specs=[_spec(key, item)], check_specs=[_check(key)])
    def take_in_own_claims(config: ClaimsConfig) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        home = Home.from_environment()
        with single_writer(home.root):
            if config.claims is None:
                leave_out_user_claims(home)
                yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": 0})
                yield dg.AssetCheckResult(asset_key=key, check_name=ACCEPTED, passed=True)
                return
            account, reading = take_in_user_claims(Path(config.claims), home)
            yield _materialised(item, account)
            yield _checked(item, account, home)
            if reading.faults:
                raise InputError(reading.told(account.file_name))
            merge_accounts([account], home)

    return take_in_own_claims


def _take_in(chosen: list[Input], home: Home) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    origins = origins_of(home)
    accounts: list[Account] = []
    if any(item.group == SCENARIO_GROUP for item in chosen):
        read_scenarios(home.data / SCENARIO_GROUP)  # names used twice and missing baselines show only with all files at hand
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
        description=description_of(item.group, item.table.grain(), f"Read from {_file(item)}."),
        kinds={"parquet", "polars"},
        owners=OWNERS,
        tags={"layer": "input"},
        metadata={"dagster/column_schema": column_schema(item.table), "file": _file(item)} | guide_and_code(item.group),
    )


def _file(item: Input) -> str:
    return "the user's own file" if item.group == USER_GROUP else f"data/{item.group}/{item.path.name}"


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
        metadata["first_rows"] = table_of(refused.columns, refused.rows())
    return dg.AssetCheckResult(
        asset_key=input_key(item), check_name=ACCEPTED, passed=account.rows_quarantined == 0, metadata=metadata
    )
