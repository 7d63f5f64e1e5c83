CREATE SCHEMA jobs;

CREATE TABLE jobs.audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    job text,
    run_id bigint,
    reason text,
    before jsonb,
    after jsonb,
    previous text NOT NULL,
    hash text NOT NULL
);

COMMENT ON TABLE jobs.audit IS 'What operators did, with who and why. Only ever added to.';

CREATE FUNCTION jobs.audit_hash(entry jobs.audit) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select encode(sha256(convert_to(
    jsonb_build_array(
      entry.previous, entry.id,
      to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      entry.actor, entry.action, entry.job, entry.run_id, entry.reason, entry.before,
      entry.after)::text, 'UTF8')), 'hex')
$$;

COMMENT ON FUNCTION jobs.audit_hash(entry jobs.audit) IS 'What a row of jobs.audit must carry as its hash; `muhurat verify` compares.';

CREATE FUNCTION jobs.audit_head_follows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'jobs.audit_head follows jobs.audit alone'
    using errcode = 'integrity_constraint_violation';
end $$;

CREATE FUNCTION jobs.audit_is_chained() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  head jobs.audit_head;
begin
  update jobs.audit_head set id = id + 1, rows = rows + 1 returning * into head;
  if not found then
    raise exception 'jobs.audit_head has lost its row: the record cannot go on'
      using errcode = 'integrity_constraint_violation', hint = 'see: muhurat verify';
  end if;
  new.id := head.id;
  new.at := clock_timestamp();
  new.previous := head.hash;
  new.hash := jobs.audit_hash(new);
  update jobs.audit_head set hash = new.hash;
  return new;
end $$;

CREATE FUNCTION jobs.audit_only_grows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'jobs.audit only grows' using errcode = 'integrity_constraint_violation';
end $$;

CREATE FUNCTION jobs.guard(of_lock text, shown_fence bigint, of_run bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform from jobs.lock where name = of_lock and fence = shown_fence and run = of_run for share;
  if not found then
    raise exception 'run % is no longer held with fence % of lock %', of_run, shown_fence, of_lock
      using errcode = 'MU001';
  end if;
end $$;

COMMENT ON FUNCTION jobs.guard(of_lock text, shown_fence bigint, of_run bigint) IS 'Holds the lock''s row until the end of the transaction if the claim is still the lock''s, and ends the transaction with SQLSTATE MU001 if it is not.';

CREATE FUNCTION jobs.job_time() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$
  select coalesce(
    (select least(not_after, origin + make_interval(secs =>
              extract(epoch from clock_timestamp() - started_at)::float8 * speed::float8))
       from jobs.clock),
    clock_timestamp())
$$;

COMMENT ON FUNCTION jobs.job_time() IS 'The job''s clock: decides what is due, fresh, late and expired. Leases go by clock_timestamp() alone.';

CREATE TABLE jobs.alarm (
    cause text NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    stage integer NOT NULL,
    scope text NOT NULL,
    job text,
    sentence text NOT NULL,
    next_step text NOT NULL,
    channels text[],
    since timestamp with time zone NOT NULL,
    judged_at timestamp with time zone NOT NULL,
    said_at timestamp with time zone,
    said_stage integer DEFAULT 0 NOT NULL,
    cleared_at timestamp with time zone,
    times bigint DEFAULT 1 NOT NULL,
    CONSTRAINT severities_are_known CHECK ((severity = ANY (ARRAY['notice'::text, 'warning'::text, 'critical'::text]))),
    CONSTRAINT what_was_said_has_a_time CHECK (((said_stage = 0) OR (said_at IS NOT NULL)))
);

COMMENT ON TABLE jobs.alarm IS 'One row per cause, whoever found it and however often: an alarm stands until its cause clears.';

COMMENT ON COLUMN jobs.alarm.cause IS 'What is wrong, as a key: job/reconcile/ok-by/2026-07-09.';

COMMENT ON COLUMN jobs.alarm.stage IS 'Grows as the same cause gets worse; each stage is said anew.';

COMMENT ON COLUMN jobs.alarm.scope IS 'Who can judge it: empty, every daemon; host:NAME, the daemons of one machine; else one process.';

COMMENT ON COLUMN jobs.alarm.channels IS 'By which ways it is said; null: by all there are.';

COMMENT ON COLUMN jobs.alarm.since IS 'Since when it stands, by the server''s clock.';

COMMENT ON COLUMN jobs.alarm.judged_at IS 'As of when it was last judged; what was read earlier changes nothing any more.';

COMMENT ON COLUMN jobs.alarm.said_at IS 'When word of it was last given to its ways.';

COMMENT ON COLUMN jobs.alarm.said_stage IS 'The stage that was said; 0: this time not said yet.';

COMMENT ON COLUMN jobs.alarm.times IS 'How often the cause has come.';

CREATE TABLE jobs.alarm_message (
    id bigint NOT NULL,
    cause text NOT NULL,
    what text NOT NULL,
    channel text NOT NULL,
    message jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    claimed_by text,
    claimed_until timestamp with time zone,
    error text,
    sent_at timestamp with time zone,
    given_up_at timestamp with time zone,
    CONSTRAINT a_message_has_one_end CHECK (((sent_at IS NULL) OR (given_up_at IS NULL))),
    CONSTRAINT channels_are_known CHECK ((channel = ANY (ARRAY['email'::text, 'webhook'::text]))),
    CONSTRAINT claims_end CHECK (((claimed_by IS NULL) = (claimed_until IS NULL))),
    CONSTRAINT words_of_alarms_are_known CHECK ((what = ANY (ARRAY['raised'::text, 'worse'::text, 'reminder'::text, 'cleared'::text])))
);

COMMENT ON TABLE jobs.alarm_message IS 'What was to be said, once however many daemons run: whoever claims a message sends it. A daemon that dies between sending and saying so leaves it to another, who sends it again.';

COMMENT ON COLUMN jobs.alarm_message.claimed_until IS 'By the server''s clock; afterwards another daemon may send it.';

COMMENT ON COLUMN jobs.alarm_message.error IS 'Why the last attempt failed; never with a secret.';

ALTER TABLE jobs.alarm_message ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs.alarm_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE jobs.attempt (
    run_id bigint NOT NULL,
    fence bigint NOT NULL,
    number integer NOT NULL,
    holder text NOT NULL,
    outcome text,
    error text,
    error_class text,
    claimed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    output text,
    output_bytes bigint,
    CONSTRAINT ended_attempts_have_an_outcome CHECK (((outcome IS NULL) = (finished_at IS NULL))),
    CONSTRAINT outcomes_are_known CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'failed'::text, 'timed_out'::text, 'interrupted'::text, 'cancelled'::text, 'abandoned'::text, 'unknown'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000');

COMMENT ON TABLE jobs.attempt IS 'One try at a run. The fence tells attempts apart; an attempt that was not charged gives its number back.';

COMMENT ON COLUMN jobs.attempt.output IS 'The end of what a program wrote, up to the job''s output_limit.';

COMMENT ON COLUMN jobs.attempt.output_bytes IS 'How much it wrote in all.';

CREATE TABLE jobs.audit_head (
    one boolean DEFAULT true NOT NULL,
    id bigint NOT NULL,
    rows bigint NOT NULL,
    hash text NOT NULL,
    CONSTRAINT one_audit_head CHECK (one)
);

COMMENT ON TABLE jobs.audit_head IS 'The last row of jobs.audit. Its row lock lets one writer at a time add to the chain, so that it cannot fork.';

CREATE TABLE jobs.batch (
    id bigint NOT NULL,
    kind text NOT NULL,
    job text NOT NULL,
    requested_by text NOT NULL,
    reason text,
    asked jsonb NOT NULL,
    runs bigint NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    cancelled_at timestamp with time zone,
    cancelled_by text,
    cancel_reason text,
    CONSTRAINT batch_kinds_are_known CHECK ((kind = ANY (ARRAY['backfill'::text, 'resume'::text, 'approve'::text]))),
    CONSTRAINT cancelled_batches_name_who CHECK (((cancelled_at IS NULL) = (cancelled_by IS NULL)))
);

COMMENT ON TABLE jobs.batch IS 'Runs of the past that one act of an operator made, to be cancelled as one.';

COMMENT ON COLUMN jobs.batch.asked IS 'What he asked for, in his command''s words.';

COMMENT ON COLUMN jobs.batch.runs IS 'How many runs it made.';

ALTER TABLE jobs.batch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs.batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE jobs.clock (
    one boolean DEFAULT true NOT NULL,
    origin timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    speed numeric NOT NULL,
    not_after timestamp with time zone,
    CONSTRAINT clocks_go_forward CHECK ((speed >= (0)::numeric)),
    CONSTRAINT one_clock_row CHECK (one)
);

COMMENT ON TABLE jobs.clock IS 'Shifts the job''s clock for rehearsals. No row: the job''s clock is the server''s. Mode live refuses to start if the row exists.';

COMMENT ON COLUMN jobs.clock.origin IS 'What the job''s clock showed at started_at.';

COMMENT ON COLUMN jobs.clock.speed IS 'Seconds of the job''s clock per second of the server''s.';

COMMENT ON COLUMN jobs.clock.not_after IS 'The job''s clock stops here until it is moved on, so that no slow machine is ever late in a rehearsal.';

CREATE TABLE jobs.clock_event (
    holder text NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    seconds double precision NOT NULL,
    sentence text NOT NULL,
    CONSTRAINT clock_events_are_known CHECK ((kind = ANY (ARRAY['host-step'::text, 'database-step'::text, 'suspended'::text, 'disagreement'::text])))
);

COMMENT ON TABLE jobs.clock_event IS 'Clocks that stepped, machines that slept, clocks that disagreed: told by the process that saw it.';

COMMENT ON COLUMN jobs.clock_event.at IS 'By the clock of the machine that saw it, after the event.';

COMMENT ON COLUMN jobs.clock_event.seconds IS 'By how much; of a step forward is positive, back negative. Of a disagreement: the database''s clock minus the machine''s.';

CREATE TABLE jobs.in_force (
    job text NOT NULL,
    since timestamp with time zone NOT NULL,
    revision text,
    loaded_by text NOT NULL
);

COMMENT ON TABLE jobs.in_force IS 'Which definition was in force from when, so that a backfill runs by the one of that time.';

COMMENT ON COLUMN jobs.in_force.since IS 'On the job''s clock, like the slots it governs.';

COMMENT ON COLUMN jobs.in_force.revision IS 'Null from when the job was retired.';

CREATE TABLE jobs.job (
    name text NOT NULL,
    definition jsonb NOT NULL,
    revision text NOT NULL,
    loaded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    loaded_by text NOT NULL,
    retired_at timestamp with time zone,
    paused_at timestamp with time zone,
    paused_until timestamp with time zone,
    paused_by text,
    paused_reason text,
    renamed_to text,
    pool text GENERATED ALWAYS AS (((definition -> 'pool'::text) ->> 'name'::text)) STORED,
    pool_max integer GENERATED ALWAYS AS ((((definition -> 'pool'::text) ->> 'max'::text))::integer) STORED,
    CONSTRAINT job_names_are_file_stems CHECK ((name ~ '^[a-z0-9][a-z0-9-]*$'::text)),
    CONSTRAINT pauses_have_end_person_and_reason CHECK ((((paused_at IS NULL) = (paused_until IS NULL)) AND ((paused_at IS NULL) = (paused_by IS NULL)) AND ((paused_at IS NULL) = (paused_reason IS NULL))))
);

COMMENT ON TABLE jobs.job IS 'The definitions in force: they decide, not the files. Written only by a load.';

COMMENT ON COLUMN jobs.job.definition IS 'The whole definition, texts of SQL files included.';

COMMENT ON COLUMN jobs.job.revision IS 'A hash of the definition.';

COMMENT ON COLUMN jobs.job.retired_at IS 'No longer among the job files; its history stays.';

COMMENT ON COLUMN jobs.job.paused_at IS 'On the job''s clock, like paused_until: slots in between are decided ''paused''.';

COMMENT ON COLUMN jobs.job.renamed_to IS 'A retired job whose definition went on under another name; its history stays under this one.';

COMMENT ON COLUMN jobs.job.pool IS 'The pool its runs take a place of while they are active.';

COMMENT ON COLUMN jobs.job.pool_max IS 'How many places that pool has.';

CREATE TABLE jobs.job_revision (
    job text NOT NULL,
    revision text NOT NULL,
    definition jsonb NOT NULL,
    loaded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    loaded_by text NOT NULL
);

COMMENT ON TABLE jobs.job_revision IS 'Every definition that was ever in force, so that an old slot can be explained.';

CREATE TABLE jobs.lock (
    name text NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    run bigint,
    holder text,
    taken_at timestamp with time zone,
    CONSTRAINT a_held_lock_names_its_run CHECK (((run IS NULL) = (holder IS NULL)))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500');

COMMENT ON TABLE jobs.lock IS 'A name within which one run is active. Rows are never deleted: the fence would start again.';

COMMENT ON COLUMN jobs.lock.fence IS 'Only grows: raised at every claim and every rescue. Whoever writes shows the fence of his claim.';

CREATE TABLE jobs.outage (
    holder text NOT NULL,
    lost_at timestamp with time zone NOT NULL,
    found_at timestamp with time zone NOT NULL,
    reason text NOT NULL
);

COMMENT ON TABLE jobs.outage IS 'Spans in which a runner could not reach this database, told by itself afterwards.';

CREATE TABLE jobs.result (
    run_id bigint NOT NULL,
    kind text NOT NULL,
    verdict text NOT NULL,
    figures jsonb DEFAULT '{}'::jsonb NOT NULL,
    rows jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT verdicts_are_known CHECK ((verdict = ANY (ARRAY['ok'::text, 'warn'::text, 'breaks'::text, 'no_data'::text, 'stale_input'::text])))
);

COMMENT ON TABLE jobs.result IS 'What a run found.';

CREATE TABLE jobs.run (
    id bigint NOT NULL,
    job text NOT NULL,
    item text,
    due_at timestamp with time zone,
    business_date date NOT NULL,
    trigger text NOT NULL,
    state text NOT NULL,
    reason text,
    waiting_for text,
    revision text NOT NULL,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    requested_by text,
    request_reason text,
    idempotent boolean NOT NULL,
    once_per_date boolean DEFAULT false NOT NULL,
    lock text NOT NULL,
    fence bigint,
    holder text,
    attempt integer DEFAULT 0 NOT NULL,
    ready_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    lateness interval,
    lease_ends_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claimed_at timestamp with time zone,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    batch bigint,
    yields boolean DEFAULT false NOT NULL,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    acknowledged_reason text,
    pool text,
    pool_place integer,
    dry_run boolean DEFAULT false NOT NULL,
    CONSTRAINT a_dry_run_is_never_ready_and_never_a_success CHECK (((NOT dry_run) OR (state = ANY (ARRAY['running'::text, 'cancelling'::text, 'cancelled'::text, 'gated'::text, 'unknown'::text])))),
    CONSTRAINT a_place_is_one_of_a_pool CHECK (((pool IS NULL) = (pool_place IS NULL))),
    CONSTRAINT acknowledged_runs_name_who_and_why CHECK ((((acknowledged_at IS NULL) = (acknowledged_by IS NULL)) AND ((acknowledged_at IS NULL) = (acknowledged_reason IS NULL)))),
    CONSTRAINT active_runs_have_fence_and_holder CHECK (((state <> ALL (ARRAY['running'::text, 'cancelling'::text])) OR ((fence IS NOT NULL) AND (holder IS NOT NULL)))),
    CONSTRAINT active_runs_hold_a_lease CHECK (((lease_ends_at IS NOT NULL) = (state = ANY (ARRAY['running'::text, 'cancelling'::text])))),
    CONSTRAINT ended_runs_have_an_end CHECK (((finished_at IS NOT NULL) = (state <> ALL (ARRAY['ready'::text, 'running'::text, 'cancelling'::text])))),
    CONSTRAINT only_unknown_runs_are_acknowledged CHECK (((acknowledged_at IS NULL) OR (state = 'unknown'::text))),
    CONSTRAINT run_states_are_known CHECK ((state = ANY (ARRAY['ready'::text, 'running'::text, 'cancelling'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text, 'unknown'::text, 'expired'::text, 'gated'::text, 'superseded'::text, 'skipped'::text]))),
    CONSTRAINT slots_have_a_due_time CHECK ((((due_at IS NULL) = (trigger = 'manual'::text)) OR (trigger = 'backfill'::text))),
    CONSTRAINT triggers_are_known CHECK ((trigger = ANY (ARRAY['schedule'::text, 'catch-up'::text, 'manual'::text, 'slot'::text, 'backfill'::text, 'approve'::text, 'resume'::text])))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000', autovacuum_analyze_scale_factor='0.02');

COMMENT ON TABLE jobs.run IS 'The record of work from due to ended: at most one per slot and item; a manual run has no slot.';

COMMENT ON COLUMN jobs.run.due_at IS 'The slot; null for a manual run and for a backfilled business date. On the job''s clock, like ready_at and expires_at.';

COMMENT ON COLUMN jobs.run.waiting_for IS 'What a ready run last found closed: the condition and the value seen.';

COMMENT ON COLUMN jobs.run.fence IS 'The lock''s fence at the claim. Renewal, finish and every guarded write must show it.';

COMMENT ON COLUMN jobs.run.holder IS 'The runner that claimed it: host, boot, process and a random word.';

COMMENT ON COLUMN jobs.run.attempt IS 'Attempts charged so far, the present one included.';

COMMENT ON COLUMN jobs.run.lateness IS 'First claim minus due_at, on the job''s clock.';

COMMENT ON COLUMN jobs.run.lease_ends_at IS 'By the server''s clock; after it, anybody may rescue the run.';

COMMENT ON COLUMN jobs.run.started_at IS 'The fenced start mark: without it a claim that died did nothing.';

COMMENT ON COLUMN jobs.run.yields IS 'Lets every run of the schedule go first: ten thousand slots of the past must not keep today''s from its time.';

COMMENT ON COLUMN jobs.run.acknowledged_at IS 'An unknown outcome that a person has looked into; until then the job''s health says unknown.';

COMMENT ON COLUMN jobs.run.pool_place IS 'The place of the pool that the last claim took; it is free when the run is not active.';

COMMENT ON COLUMN jobs.run.dry_run IS 'Does everything and takes it back, in the process of who asked; how it went is its reason.';

ALTER TABLE jobs.run ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs.run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE jobs.runner (
    identity text NOT NULL,
    kind text NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE jobs.runner IS 'Processes that run jobs, so that `why` can tell a dead house from a busy one.';

CREATE TABLE jobs.schema_version (
    schema text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE jobs.slot (
    job text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    through timestamp with time zone,
    slots bigint DEFAULT 1 NOT NULL,
    decision text NOT NULL,
    reason text NOT NULL,
    business_date date NOT NULL,
    local_label text NOT NULL,
    lateness interval NOT NULL,
    revision text NOT NULL,
    calendar_revision text,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    decided_by text NOT NULL,
    CONSTRAINT decisions_are_known CHECK ((decision = ANY (ARRAY['run'::text, 'held'::text, 'skipped'::text, 'missed'::text, 'paused'::text, 'closed'::text, 'superseded'::text, 'gated'::text]))),
    CONSTRAINT only_slots_not_run_form_spans CHECK ((((slots > 1) = (through IS NOT NULL)) AND ((slots = 1) OR (decision <> 'run'::text))))
);

COMMENT ON TABLE jobs.slot IS 'One promised start of one job, decided once and never changed. A span of slots not run is one row.';

COMMENT ON COLUMN jobs.slot.through IS 'The last slot of a span; null for one slot.';

COMMENT ON COLUMN jobs.slot.slots IS 'How many slots the row stands for.';

COMMENT ON COLUMN jobs.slot.local_label IS 'The due time as its zone wrote it, with offset.';

COMMENT ON COLUMN jobs.slot.lateness IS 'How long after due_at the slot was first seen, on the job''s clock.';

CREATE TABLE jobs.watermark (
    job text NOT NULL,
    decided_through timestamp with time zone NOT NULL,
    pruned_through timestamp with time zone
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500');

COMMENT ON TABLE jobs.watermark IS 'Every slot up to decided_through has its decision; later ones are owed. Apart from job, because it moves with every slot.';

COMMENT ON COLUMN jobs.watermark.pruned_through IS 'Of slots up to here, runs and decisions may be gone; none of them is given a run any more. Null: nothing of this job was ever pruned.';

ALTER TABLE ONLY jobs.slot
    ADD CONSTRAINT a_slot_is_decided_once PRIMARY KEY (job, due_at);
ALTER TABLE ONLY jobs.alarm_message
    ADD CONSTRAINT alarm_message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY jobs.alarm
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (cause);
ALTER TABLE ONLY jobs.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (one);
ALTER TABLE ONLY jobs.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY jobs.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY jobs.clock_event
    ADD CONSTRAINT clock_event_pkey PRIMARY KEY (holder, at, kind);
ALTER TABLE ONLY jobs.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (one);
ALTER TABLE ONLY jobs.in_force
    ADD CONSTRAINT in_force_pkey PRIMARY KEY (job, since);
ALTER TABLE ONLY jobs.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (name);
ALTER TABLE ONLY jobs.job_revision
    ADD CONSTRAINT job_revision_pkey PRIMARY KEY (job, revision);
ALTER TABLE ONLY jobs.lock
    ADD CONSTRAINT lock_pkey PRIMARY KEY (name);
ALTER TABLE ONLY jobs.attempt
    ADD CONSTRAINT one_attempt_per_fence PRIMARY KEY (run_id, fence);
ALTER TABLE ONLY jobs.outage
    ADD CONSTRAINT outage_pkey PRIMARY KEY (holder, lost_at);
ALTER TABLE ONLY jobs.result
    ADD CONSTRAINT result_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY jobs.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY jobs.runner
    ADD CONSTRAINT runner_pkey PRIMARY KEY (identity);
ALTER TABLE ONLY jobs.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (schema, version);
ALTER TABLE ONLY jobs.watermark
    ADD CONSTRAINT watermark_pkey PRIMARY KEY (job);
CREATE INDEX active_runs ON jobs.run USING btree (lease_ends_at) WHERE (state = ANY (ARRAY['running'::text, 'cancelling'::text]));

CREATE INDEX audit_of_a_run ON jobs.audit USING btree (run_id) WHERE (run_id IS NOT NULL);

CREATE INDEX expiring_runs ON jobs.run USING btree (expires_at) WHERE ((state = 'ready'::text) AND (expires_at IS NOT NULL));

CREATE INDEX held_slots ON jobs.slot USING btree (job, due_at) WHERE (decision = 'held'::text);

CREATE INDEX messages_of_a_cause ON jobs.alarm_message USING btree (cause, id DESC);

CREATE INDEX messages_to_be_sent ON jobs.alarm_message USING btree (channel, due_at) WHERE ((sent_at IS NULL) AND (given_up_at IS NULL));

CREATE UNIQUE INDEX one_active_run_per_lock ON jobs.run USING btree (lock) WHERE (state = ANY (ARRAY['running'::text, 'cancelling'::text]));

CREATE UNIQUE INDEX one_active_run_per_place_of_a_pool ON jobs.run USING btree (pool, pool_place) WHERE ((state = ANY (ARRAY['running'::text, 'cancelling'::text])) AND (pool IS NOT NULL));

CREATE UNIQUE INDEX one_run_per_business_date ON jobs.run USING btree (job, business_date, COALESCE(item, ''::text)) WHERE (once_per_date AND (trigger <> 'manual'::text) AND (state <> ALL (ARRAY['failed'::text, 'cancelled'::text, 'expired'::text, 'gated'::text, 'superseded'::text, 'skipped'::text])));

CREATE UNIQUE INDEX one_run_per_slot_and_item ON jobs.run USING btree (job, due_at, COALESCE(item, ''::text)) WHERE (due_at IS NOT NULL);

CREATE INDEX ready_runs ON jobs.run USING btree (ready_at, id) WHERE (state = 'ready'::text);

CREATE INDEX ready_runs_of_a_lock ON jobs.run USING btree (lock, yields, ready_at, id) WHERE ((lease_ends_at IS NULL) AND (finished_at IS NULL));

CREATE INDEX runs_of_a_batch ON jobs.run USING btree (batch, id) WHERE (batch IS NOT NULL);

CREATE INDEX runs_of_a_business_date ON jobs.run USING btree (job, business_date);

CREATE INDEX runs_of_a_job ON jobs.run USING btree (job, id DESC);

CREATE INDEX unfinished_runs_of_a_job ON jobs.run USING btree (job, id) WHERE ((state = ANY (ARRAY['ready'::text, 'running'::text, 'cancelling'::text])) AND (NOT yields));

CREATE INDEX unknown_runs ON jobs.run USING btree (job, id) WHERE ((state = 'unknown'::text) AND (acknowledged_at IS NULL));

CREATE TRIGGER audit_head_follows BEFORE INSERT OR DELETE OR UPDATE ON jobs.audit_head FOR EACH ROW WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION jobs.audit_head_follows();

CREATE TRIGGER audit_head_is_never_emptied BEFORE TRUNCATE ON jobs.audit_head FOR EACH STATEMENT EXECUTE FUNCTION jobs.audit_head_follows();

CREATE TRIGGER audit_is_chained BEFORE INSERT ON jobs.audit FOR EACH ROW EXECUTE FUNCTION jobs.audit_is_chained();

CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON jobs.audit FOR EACH STATEMENT EXECUTE FUNCTION jobs.audit_only_grows();

CREATE TRIGGER audit_only_grows BEFORE DELETE OR UPDATE ON jobs.audit FOR EACH ROW EXECUTE FUNCTION jobs.audit_only_grows();

ALTER TABLE ONLY jobs.attempt
    ADD CONSTRAINT attempt_run_id_fkey FOREIGN KEY (run_id) REFERENCES jobs.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY jobs.batch
    ADD CONSTRAINT batch_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.in_force
    ADD CONSTRAINT in_force_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.in_force
    ADD CONSTRAINT in_force_job_revision_fkey FOREIGN KEY (job, revision) REFERENCES jobs.job_revision(job, revision);
ALTER TABLE ONLY jobs.job
    ADD CONSTRAINT job_renamed_to_fkey FOREIGN KEY (renamed_to) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.job_revision
    ADD CONSTRAINT job_revision_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.result
    ADD CONSTRAINT result_run_id_fkey FOREIGN KEY (run_id) REFERENCES jobs.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY jobs.run
    ADD CONSTRAINT run_batch_fkey FOREIGN KEY (batch) REFERENCES jobs.batch(id);
ALTER TABLE ONLY jobs.run
    ADD CONSTRAINT run_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.run
    ADD CONSTRAINT run_lock_fkey FOREIGN KEY (lock) REFERENCES jobs.lock(name);
ALTER TABLE ONLY jobs.slot
    ADD CONSTRAINT slot_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.watermark
    ADD CONSTRAINT watermark_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
