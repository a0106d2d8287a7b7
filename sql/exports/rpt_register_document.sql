-- One row per document of the export-control office that the register of rules lacks. From staging.stg_register_document and
-- core.fact_rule_change. A document is covered when a rule names its number, or its citation among the instruments.
-- No day of this table is an event day: a curator reads dates_text and decides.

with
documents as (select * from staging.stg_register_document),

rules as (select * from core.fact_rule_change),

covered as (
    select distinct documents.document_number
    from documents
    inner join rules
        on ';' || replace(rules.fr_document_number, ' ', '') || ';' like '%;' || documents.document_number || ';%'
        or ';' || replace(rules.instrument, '; ', ';') || ';' like '%;' || documents.citation || ';%'
        or ';' || replace(rules.instrument, '; ', ';') || ';' like '%;' || documents.citation || ' %'
)

select
    cast(documents.document_number as VARCHAR) as document_number,
    cast(documents.document_type as VARCHAR) as document_type,
    cast(documents.title as VARCHAR) as title,
    cast(documents.action_text as VARCHAR) as action_text,
    cast(documents.published_date as DATE) as published_date,
    cast(documents.effective_on as DATE) as effective_on,
    cast(documents.dates_text as VARCHAR) as dates_text,
    cast(documents.n_dates as BIGINT) as n_dates,
    cast(documents.is_staggered as BOOLEAN) as is_staggered,
    cast(
        case
            when documents.is_staggered then 'several_dates'
            when documents.effective_on is not null then 'effective_day_stated'
            else 'no_effective_day'
        end as VARCHAR
    ) as review_reason,
    cast(documents.citation as VARCHAR) as citation,
    cast(documents.correction_of as VARCHAR) as correction_of,
    cast(documents.url as VARCHAR) as url,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from documents
left join covered on documents.document_number = covered.document_number
where covered.document_number is null
