"""The tidy table of scenario files."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import scenarios as n
from pipelines.schemas.table import Table


class ScenarioValue(Table):
    """One row per scenario and value that its file sets, and one with its horizon, so that every scenario has a row."""

    layer = "tidy"
    name = "scenario_value"
    columns = (
        n.scenario_id,
        c.title,
        d.question,
        n.base_period,
        n.horizon,
        n.baseline_id.optional("compared with no other scenario"),
        n.parameter_hash,
        n.value_key,
        n.value_unit,
        n.value_low,
        n.value_central,
        n.value_high,
        n.value_path,
        n.value_source.optional("the reason says it"),
        c.reason.optional("the source says it"),
    )
    key = ("scenario_id", "value_key")
    ordered = (("value_low", "value_central", "value_high"),)
