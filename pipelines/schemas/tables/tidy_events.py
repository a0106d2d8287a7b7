"""The registry of rule-change event studies: what is to be estimated, written down before estimation (METHODS B)."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import events as e
from pipelines.schemas.table import Table


class EventDesign(Table):
    """One row per registered event study: event, outcome, controls, window, estimator, family and the sign expected beforehand.

    A design is never dropped: without data it keeps its row and says so. `staggered_did` pairs rules and treated series
    by position.
    """

    layer = "tidy"
    name = "event_design"
    columns = (
        e.design_id,
        c.title,
        e.event_rule_ids,
        e.date_basis,
        e.treated_ids.optional("no monthly series of it exists"),
        e.control_near_ids.optional("no controls: an interrupted series"),
        e.control_far_ids.optional("no far controls"),
        e.estimator,
        e.seasonal_terms,
        e.pre_months,
        e.post_months,
        e.family_id,
        e.family_correction,
        e.expected_sign,
        e.expected_source.optional("no sign was stated"),
        e.registered_on,
        c.reason,
    )
    key = ("design_id",)
