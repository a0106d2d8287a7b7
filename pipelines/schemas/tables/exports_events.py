"""Reports of rule-change event studies: results, paths for plots, placebos, joint models, registry."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import events as e
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.tables import metrics_events as me
from pipelines.schemas.tables import tidy_events
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report


class RptEventResult(Report):
    """One row per registered event study: what was found, how sure, what stands in the way, and what may be said about it."""

    name = "rpt_event_result"
    design = "synthetic_or_ppml"
    columns = me.MetricEventResult.columns
    key = me.MetricEventResult.key
    measure = me.MetricEventResult.measure


class RptEventPath(Report):
    """One row per event study, control set and month: the gap against the month before any signal, with bands; plot data."""

    name = "rpt_event_path"
    design = "did_its"
    columns = (
        e.design_id,
        c.title,
        e.estimator,
        e.control_set,
        c.month,
        m.months_from_event,
        m.month_role,
        e.is_reference_month,
        e.path_log.optional("see absence_reason"),
        e.band_low.optional("no band"),
        e.band_high.optional("no band"),
        e.sup_band_low.optional("no band"),
        e.sup_band_high.optional("no band"),
        c.absence_reason.optional("path_log is present"),
        *LABELS,
    )
    key = ("design_id", "control_set", "month")
    measure = "path_log"


class RptEventPlacebo(Report):
    """One row per event study and placebo, beside the event's own statistic."""

    name = "rpt_event_placebo"
    design = "did_its"
    columns = (
        e.design_id,
        c.title,
        *me.MetricEventPlacebo.columns[1:],
    )
    key = me.MetricEventPlacebo.key
    may_be_empty = True


class RptEventJoint(Report):
    """One row per lane and rule: all rules on the lane in one regression, and whether they can be told apart."""

    name = "rpt_event_joint"
    design = "did_its"
    columns = (
        e.design_id,
        c.title,
        c.rule_id,
        f.bite_date.optional("the rule has no day on which flows could change"),
        *me.MetricEventJoint.columns[2:],
    )
    key = me.MetricEventJoint.key
    measure = me.MetricEventJoint.measure
    may_be_empty = True


class RptEventOverlap(Report):
    """One row per event study and other rule on its lane: what else happened in the window."""

    name = "rpt_event_overlap"
    columns = (
        e.design_id,
        c.title,
        *me.MetricEventOverlap.columns[1:],
    )
    key = me.MetricEventOverlap.key
    may_be_empty = True


class RptEventDesign(Report):
    """One row per registered design, as it was written down before estimation."""

    name = "rpt_event_design"
    columns = (*tidy_events.EventDesign.columns, *LABELS)
    key = tidy_events.EventDesign.key
