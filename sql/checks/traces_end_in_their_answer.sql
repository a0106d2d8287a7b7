-- The last step of a trace is its headline to the last digit, and every headline with a number has a trace.
-- guards: metrics.metric_answer_trace
with
ranked as (
    select answer_id, step_kind, step_p05, step_p50, step_p95,
        row_number() over (partition by answer_id order by step_no desc) as from_last
    from metrics.metric_answer_trace
),
last_steps as (select answer_id, step_kind, step_p05, step_p50, step_p95 from ranked where from_last = 1)
select answers.answer_id, answers.answer_p50, last_steps.step_kind, last_steps.step_p50
from metrics.metric_answer as answers
full outer join last_steps on answers.answer_id = last_steps.answer_id
where (answers.answer_p50 is not null or last_steps.answer_id is not null)
    and (
        last_steps.answer_id is null
        or answers.answer_p50 is null
        or last_steps.step_kind <> 'answer'
        or last_steps.step_p05 <> answers.answer_p05
        or last_steps.step_p50 <> answers.answer_p50
        or last_steps.step_p95 <> answers.answer_p95
    )
