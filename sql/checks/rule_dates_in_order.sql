-- Dates of a rule are in order: a signal not after the announcement, an end not before the day of effect, a bite not before the legal effect of a delayed rule.
-- guards: staging.stg_rule_change
select rule_id, anticipation_date, announced_date, effective_date, bite_date, ended_date
from tidy.rule_change
where anticipation_date > announced_date
    or ended_date < effective_date
    or (bite_basis = 'delayed_compliance' and bite_date < effective_date)
    or (bite_basis in ('never_took_effect', 'no_goods_flow', 'unknown')) <> (bite_date is null)
