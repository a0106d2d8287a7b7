-- One row per rule that was public at as_of, with what was known of it that day. From data/facts/rule_changes.csv.
-- An end after as_of is hidden. A future date counts as known only if a printed text gave it, or if as_of is not
-- before the day the register was compiled; before that day the compiler's remarks are hindsight and hidden too.

with
run as (select * from core.run),

datasets as (select * from tidy.dataset),

filed as (select * from tidy.rule_change),

known as (
    select
        filed.rule_id,
        run.as_of,
        run.as_of >= datasets.retrieved as is_compiled,
        run.as_of >= datasets.retrieved
            or coalesce(filed.public_inspection_date, filed.published_date) <= run.as_of as is_text_out
    from filed
    cross join run
    inner join datasets on datasets.dataset_id = 'rule_changes'
    where filed.known_at <= run.as_of
),

dated as (
    select
        known.rule_id,
        known.is_compiled,
        case when filed.effective_date <= known.as_of or known.is_text_out then filed.effective_date end as effective_date,
        case
            when filed.compliance_or_expiry_date <= known.as_of or known.is_text_out then filed.compliance_or_expiry_date
        end as compliance_or_expiry_date,
        case when filed.bite_date <= known.as_of or known.is_text_out then filed.bite_date end as bite_date,
        case when filed.ended_date <= known.as_of or known.is_compiled then filed.ended_date end as ended_date,
        case
            when known.is_compiled or filed.status_class in ('bill', 'context', 'informal_or_case_by_case')
                then filed.status_class
            when filed.ended_date <= known.as_of then 'ended'
            when coalesce(filed.effective_date, filed.announced_date) <= known.as_of then 'in_force'
            else 'announced'
        end as status_class
    from known
    inner join filed on known.rule_id = filed.rule_id
)

select
    cast(filed.rule_id as VARCHAR) as rule_id,
    cast(filed.jurisdiction as VARCHAR) as jurisdiction,
    cast(filed.authority as VARCHAR) as authority,
    cast(filed.title as VARCHAR) as title,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.announced_date as DATE) as announced_date,
    cast(filed.public_inspection_date as DATE) as public_inspection_date,
    cast(filed.published_date as DATE) as published_date,
    cast(dated.effective_date as DATE) as effective_date,
    cast(dated.compliance_or_expiry_date as DATE) as compliance_or_expiry_date,
    cast(dated.ended_date as DATE) as ended_date,
    cast(filed.anticipation_date as DATE) as anticipation_date,
    cast(dated.bite_date as DATE) as bite_date,
    cast(filed.bite_basis as VARCHAR) as bite_basis,
    cast(filed.date_precision as VARCHAR) as date_precision,
    cast(dated.status_class as VARCHAR) as status_class,
    cast(case when dated.is_compiled then filed.status else dated.status_class end as VARCHAR) as status,
    cast(filed.action as VARCHAR) as action,
    cast(filed.direction as VARCHAR) as direction,
    cast(filed.importance as BIGINT) as importance,
    cast(filed.flow_side as VARCHAR) as flow_side,
    cast(filed.instrument as VARCHAR) as instrument,
    cast(filed.fr_document_number as VARCHAR) as fr_document_number,
    cast(filed.eccns as VARCHAR) as eccns,
    cast(filed.thresholds as VARCHAR) as thresholds,
    cast(filed.chips as VARCHAR) as chips,
    cast(filed.products as VARCHAR) as products,
    cast(filed.destinations as VARCHAR) as destinations,
    cast(filed.hs6_exposed as VARCHAR) as hs6_exposed,
    cast(filed.confound_clusters as VARCHAR) as confound_clusters,
    cast(filed.event_grade as VARCHAR) as event_grade,
    cast(case when dated.is_compiled then filed.related_rule_ids end as VARCHAR) as related_rule_ids,
    cast(filed.unconfirmed_fields as VARCHAR) as unconfirmed_fields,
    cast(filed.source_urls as VARCHAR) as source_urls,
    cast(filed.source_count as BIGINT) as source_count,
    cast(filed.source_tier as VARCHAR) as source_tier,
    cast(filed.is_seen as BOOLEAN) as is_seen,
    cast(case when dated.is_compiled then filed.note end as VARCHAR) as note
from dated
inner join filed on dated.rule_id = filed.rule_id
