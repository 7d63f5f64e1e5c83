-- Definitions, slots, runs, locks: what the runner promises, and the constraints that keep it.

-- Two facts move every clock of the desk at once: where the job's clock stood, and how fast it
-- goes.
create table jobs.clock (
  one boolean primary key default true constraint one_clock_row check (one),
  origin timestamptz not null,
  started_at timestamptz not null,
  speed numeric not null constraint clocks_go_forward check (speed >= 0),
  not_after timestamptz
);
comment on table jobs.clock is
  'Shifts the job''s clock for rehearsals. No row: the job''s clock is the server''s. Mode live '
  'refuses to start if the row exists.';
comment on column jobs.clock.origin is 'What the job''s clock showed at started_at.';
comment on column jobs.clock.speed is 'Seconds of the job''s clock per second of the server''s.';
comment on column jobs.clock.not_after is
  'The job''s clock stops here until it is moved on, so that no slow machine is ever late in a '
  'rehearsal.';

-- The one expression that is written once instead of inline: a dozen statements and every operator
-- need the same "now". Not `now()`, the transaction's start: a stalled transaction would live in
-- the past. Statements write `(select jobs.job_time())`: asked once, it can be sought in an index.
create function jobs.job_time() returns timestamptz language sql volatile as $$
  select coalesce(
    (select least(not_after, origin + make_interval(secs =>
              extract(epoch from clock_timestamp() - started_at)::float8 * speed::float8))
       from jobs.clock),
    clock_timestamp())
$$;
comment on function jobs.job_time() is
  'The job''s clock: decides what is due, fresh, late and expired. Leases go by '
  'clock_timestamp() alone.';

create table jobs.job (
  name text primary key constraint job_names_are_file_stems check (name ~ '^[a-z0-9][a-z0-9-]*$'),
  definition jsonb not null,
  revision text not null,
  loaded_at timestamptz not null default clock_timestamp(),
  loaded_by text not null,
  retired_at timestamptz,
  paused_at timestamptz,
  paused_until timestamptz,
  paused_by text,
  paused_reason text,
  constraint pauses_have_end_person_and_reason check (
    (paused_at is null) = (paused_until is null) and (paused_at is null) = (paused_by is null)
    and (paused_at is null) = (paused_reason is null))
);
comment on table jobs.job is
  'The definitions in force: they decide, not the files. Written only by a load.';
comment on column jobs.job.definition is 'The whole definition, texts of SQL files included.';
comment on column jobs.job.revision is 'A hash of the definition.';
comment on column jobs.job.retired_at is 'No longer among the job files; its history stays.';
comment on column jobs.job.paused_at is
  'On the job''s clock, like paused_until: slots in between are decided ''paused''.';

create table jobs.job_revision (
  job text not null references jobs.job,
  revision text not null,
  definition jsonb not null,
  loaded_at timestamptz not null default clock_timestamp(),
  loaded_by text not null,
  primary key (job, revision)
);
comment on table jobs.job_revision is
  'Every definition that was ever in force, so that an old slot can be explained.';

create table jobs.watermark (
  job text primary key references jobs.job,
  decided_through timestamptz not null
) with (fillfactor = 50);
comment on table jobs.watermark is
  'Every slot up to decided_through has its decision; later ones are owed. Apart from job, '
  'because it moves with every slot.';

create table jobs.slot (
  job text not null references jobs.job,
  due_at timestamptz not null,
  through timestamptz,
  slots bigint not null default 1,
  decision text not null constraint decisions_are_known check (decision in
    ('run', 'held', 'skipped', 'missed', 'paused', 'closed', 'superseded', 'gated')),
  reason text not null,
  business_date date not null,
  local_label text not null,
  lateness interval not null,
  revision text not null,
  calendar_revision text,
  decided_at timestamptz not null default clock_timestamp(),
  decided_by text not null,
  constraint a_slot_is_decided_once primary key (job, due_at),
  constraint only_slots_not_run_form_spans check (
    (slots > 1) = (through is not null) and (slots = 1 or decision <> 'run'))
);
comment on table jobs.slot is
  'One promised start of one job, decided once and never changed. A span of slots not run is one '
  'row.';
comment on column jobs.slot.through is 'The last slot of a span; null for one slot.';
comment on column jobs.slot.slots is 'How many slots the row stands for.';
comment on column jobs.slot.local_label is 'The due time as its zone wrote it, with offset.';
comment on column jobs.slot.lateness is
  'How long after due_at the slot was first seen, on the job''s clock.';

create table jobs.lock (
  name text primary key,
  fence bigint not null default 0,
  run bigint,
  holder text,
  taken_at timestamptz,
  constraint a_held_lock_names_its_run check ((run is null) = (holder is null))
) with (fillfactor = 50);
comment on table jobs.lock is
  'A name within which one run is active. Rows are never deleted: the fence would start again.';
comment on column jobs.lock.fence is
  'Only grows: raised at every claim and every rescue. Whoever writes shows the fence of his '
  'claim.';

create table jobs.run (
  id bigint generated by default as identity primary key,
  job text not null references jobs.job,
  item text,
  due_at timestamptz,
  business_date date not null,
  trigger text not null constraint triggers_are_known check (trigger in
    ('schedule', 'catch-up', 'manual', 'slot', 'backfill', 'approve')),
  state text not null constraint run_states_are_known check (state in
    ('ready', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled', 'unknown', 'expired',
     'gated', 'superseded', 'skipped')),
  reason text,
  waiting_for text,
  revision text not null,
  parameters jsonb not null default '{}',
  requested_by text,
  request_reason text,
  idempotent boolean not null,
  once_per_date boolean not null default false,
  lock text not null references jobs.lock,
  fence bigint,
  holder text,
  attempt int not null default 0,
  ready_at timestamptz not null,
  expires_at timestamptz,
  lateness interval,
  lease_ends_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  claimed_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  constraint ended_runs_have_an_end check (
    (finished_at is not null) = (state not in ('ready', 'running', 'cancelling'))),
  constraint active_runs_hold_a_lease check (
    (lease_ends_at is not null) = (state in ('running', 'cancelling'))),
  constraint active_runs_have_fence_and_holder check (
    state not in ('running', 'cancelling') or (fence is not null and holder is not null)),
  constraint slots_have_a_due_time check ((due_at is null) = (trigger = 'manual'))
) with (fillfactor = 70);
comment on table jobs.run is
  'The record of work from due to ended: at most one per slot and item; a manual run has no slot.';
comment on column jobs.run.due_at is
  'The slot; null for a manual run. On the job''s clock, like ready_at and expires_at.';
comment on column jobs.run.waiting_for is
  'What a ready run last found closed: the condition and the value seen.';
comment on column jobs.run.fence is
  'The lock''s fence at the claim. Renewal, finish and every guarded write must show it.';
comment on column jobs.run.holder is
  'The runner that claimed it: host, boot, process and a random word.';
comment on column jobs.run.attempt is 'Attempts charged so far, the present one included.';
comment on column jobs.run.lease_ends_at is
  'By the server''s clock; after it, anybody may rescue the run.';
comment on column jobs.run.lateness is 'First claim minus due_at, on the job''s clock.';
comment on column jobs.run.started_at is
  'The fenced start mark: without it a claim that died did nothing.';

create unique index one_run_per_slot_and_item on jobs.run (job, due_at, coalesce(item, ''))
  where due_at is not null;
create unique index one_active_run_per_lock on jobs.run (lock)
  where state in ('running', 'cancelling');
create unique index one_run_per_business_date on jobs.run (job, business_date, coalesce(item, ''))
  where once_per_date and trigger <> 'manual'
    and state not in ('failed', 'cancelled', 'expired', 'gated', 'superseded', 'skipped');
-- The first tells when to look next, the second who is at the head of each lock; both hold only what
-- waits, so that claiming costs the same after ten million runs.
create index ready_runs on jobs.run (ready_at, id) where state = 'ready';
create index ready_runs_of_a_lock on jobs.run (lock, ready_at, id) where state = 'ready';
create index active_runs on jobs.run (lease_ends_at) where state in ('running', 'cancelling');
create index expiring_runs on jobs.run (expires_at)
  where state = 'ready' and expires_at is not null;
-- What a decision asks for each job: of ten million runs, the few that have not ended.
create index unfinished_runs_of_a_job on jobs.run (job, id)
  where state in ('ready', 'running', 'cancelling');
create index runs_of_a_job on jobs.run (job, id desc);
create index runs_of_a_business_date on jobs.run (job, business_date);

create table jobs.attempt (
  run_id bigint not null references jobs.run on delete cascade,
  fence bigint not null,
  number int not null,
  holder text not null,
  outcome text constraint outcomes_are_known check (outcome in
    ('succeeded', 'failed', 'timed_out', 'interrupted', 'cancelled', 'abandoned', 'unknown')),
  error text,
  error_class text,
  claimed_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  output text,
  output_bytes bigint,
  constraint one_attempt_per_fence primary key (run_id, fence),
  constraint ended_attempts_have_an_outcome check ((outcome is null) = (finished_at is null))
);
comment on table jobs.attempt is
  'One try at a run. The fence tells attempts apart; an attempt that was not charged gives its '
  'number back.';
comment on column jobs.attempt.output is
  'The end of what a program wrote, up to the job''s output_limit.';
comment on column jobs.attempt.output_bytes is 'How much it wrote in all.';

create table jobs.result (
  run_id bigint primary key references jobs.run on delete cascade,
  kind text not null,
  verdict text not null constraint verdicts_are_known check (
    verdict in ('ok', 'warn', 'breaks', 'no_data', 'stale_input')),
  figures jsonb not null default '{}',
  rows jsonb not null default '[]'
);
comment on table jobs.result is 'What a run found.';

create table jobs.outage (
  holder text not null,
  lost_at timestamptz not null,
  found_at timestamptz not null,
  reason text not null,
  primary key (holder, lost_at)
);
comment on table jobs.outage is
  'Spans in which a runner could not reach this database, told by itself afterwards.';

create table jobs.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  job text,
  run_id bigint,
  reason text,
  before jsonb,
  after jsonb
);
comment on table jobs.audit is 'What operators did, with who and why. Only ever added to.';

-- Against psql itself: a journal that can be edited proves nothing.
create function jobs.audit_only_grows() returns trigger language plpgsql as $$
begin
  raise exception 'jobs.audit only grows' using errcode = 'integrity_constraint_violation';
end $$;
create trigger audit_only_grows before update or delete on jobs.audit
  for each row execute function jobs.audit_only_grows();
create trigger audit_is_never_emptied before truncate on jobs.audit
  for each statement execute function jobs.audit_only_grows();

create table jobs.runner (
  identity text primary key,
  kind text not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp()
);
comment on table jobs.runner is
  'Processes that run jobs, so that `why` can tell a dead house from a busy one.';
