CREATE SCHEMA jobs;

CREATE FUNCTION jobs.audit_only_grows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'jobs.audit only grows' using errcode = 'integrity_constraint_violation';
end $$;

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
);

COMMENT ON TABLE jobs.attempt IS 'One try at a run. The fence tells attempts apart; an attempt that was not charged gives its number back.';

COMMENT ON COLUMN jobs.attempt.output IS 'The end of what a program wrote, up to the job''s output_limit.';

COMMENT ON COLUMN jobs.attempt.output_bytes IS 'How much it wrote in all.';

CREATE TABLE jobs.audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    job text,
    run_id bigint,
    reason text,
    before jsonb,
    after jsonb
);

COMMENT ON TABLE jobs.audit IS 'What operators did, with who and why. Only ever added to.';

ALTER TABLE jobs.audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME jobs.audit_id_seq
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
    CONSTRAINT job_names_are_file_stems CHECK ((name ~ '^[a-z0-9][a-z0-9-]*$'::text)),
    CONSTRAINT pauses_have_end_person_and_reason CHECK ((((paused_at IS NULL) = (paused_until IS NULL)) AND ((paused_at IS NULL) = (paused_by IS NULL)) AND ((paused_at IS NULL) = (paused_reason IS NULL))))
);

COMMENT ON TABLE jobs.job IS 'The definitions in force: they decide, not the files. Written only by a load.';

COMMENT ON COLUMN jobs.job.definition IS 'The whole definition, texts of SQL files included.';

COMMENT ON COLUMN jobs.job.revision IS 'A hash of the definition.';

COMMENT ON COLUMN jobs.job.retired_at IS 'No longer among the job files; its history stays.';

COMMENT ON COLUMN jobs.job.paused_at IS 'On the job''s clock, like paused_until: slots in between are decided ''paused''.';

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
WITH (fillfactor='50');

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
    CONSTRAINT active_runs_have_fence_and_holder CHECK (((state <> ALL (ARRAY['running'::text, 'cancelling'::text])) OR ((fence IS NOT NULL) AND (holder IS NOT NULL)))),
    CONSTRAINT active_runs_hold_a_lease CHECK (((lease_ends_at IS NOT NULL) = (state = ANY (ARRAY['running'::text, 'cancelling'::text])))),
    CONSTRAINT ended_runs_have_an_end CHECK (((finished_at IS NOT NULL) = (state <> ALL (ARRAY['ready'::text, 'running'::text, 'cancelling'::text])))),
    CONSTRAINT run_states_are_known CHECK ((state = ANY (ARRAY['ready'::text, 'running'::text, 'cancelling'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text, 'unknown'::text, 'expired'::text, 'gated'::text, 'superseded'::text, 'skipped'::text]))),
    CONSTRAINT slots_have_a_due_time CHECK (((due_at IS NULL) = (trigger = 'manual'::text))),
    CONSTRAINT triggers_are_known CHECK ((trigger = ANY (ARRAY['schedule'::text, 'catch-up'::text, 'manual'::text, 'slot'::text, 'backfill'::text, 'approve'::text])))
)
WITH (fillfactor='70');

COMMENT ON TABLE jobs.run IS 'The record of work from due to ended: at most one per slot and item; a manual run has no slot.';

COMMENT ON COLUMN jobs.run.due_at IS 'The slot; null for a manual run. On the job''s clock, like ready_at and expires_at.';

COMMENT ON COLUMN jobs.run.waiting_for IS 'What a ready run last found closed: the condition and the value seen.';

COMMENT ON COLUMN jobs.run.fence IS 'The lock''s fence at the claim. Renewal, finish and every guarded write must show it.';

COMMENT ON COLUMN jobs.run.holder IS 'The runner that claimed it: host, boot, process and a random word.';

COMMENT ON COLUMN jobs.run.attempt IS 'Attempts charged so far, the present one included.';

COMMENT ON COLUMN jobs.run.lateness IS 'First claim minus due_at, on the job''s clock.';

COMMENT ON COLUMN jobs.run.lease_ends_at IS 'By the server''s clock; after it, anybody may rescue the run.';

COMMENT ON COLUMN jobs.run.started_at IS 'The fenced start mark: without it a claim that died did nothing.';

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
    decided_through timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE jobs.watermark IS 'Every slot up to decided_through has its decision; later ones are owed. Apart from job, because it moves with every slot.';

ALTER TABLE ONLY jobs.slot
    ADD CONSTRAINT a_slot_is_decided_once PRIMARY KEY (job, due_at);
ALTER TABLE ONLY jobs.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY jobs.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (one);
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

CREATE INDEX expiring_runs ON jobs.run USING btree (expires_at) WHERE ((state = 'ready'::text) AND (expires_at IS NOT NULL));

CREATE UNIQUE INDEX one_active_run_per_lock ON jobs.run USING btree (lock) WHERE (state = ANY (ARRAY['running'::text, 'cancelling'::text]));

CREATE UNIQUE INDEX one_run_per_business_date ON jobs.run USING btree (job, business_date, COALESCE(item, ''::text)) WHERE (once_per_date AND (trigger <> 'manual'::text) AND (state <> ALL (ARRAY['failed'::text, 'cancelled'::text, 'expired'::text, 'gated'::text, 'superseded'::text, 'skipped'::text])));

CREATE UNIQUE INDEX one_run_per_slot_and_item ON jobs.run USING btree (job, due_at, COALESCE(item, ''::text)) WHERE (due_at IS NOT NULL);

CREATE INDEX ready_runs ON jobs.run USING btree (ready_at, id) WHERE (state = 'ready'::text);

CREATE INDEX ready_runs_of_a_lock ON jobs.run USING btree (lock, ready_at, id) WHERE (state = 'ready'::text);

CREATE INDEX runs_of_a_business_date ON jobs.run USING btree (job, business_date);

CREATE INDEX runs_of_a_job ON jobs.run USING btree (job, id DESC);

CREATE INDEX unfinished_runs_of_a_job ON jobs.run USING btree (job, id) WHERE (state = ANY (ARRAY['ready'::text, 'running'::text, 'cancelling'::text]));

CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON jobs.audit FOR EACH STATEMENT EXECUTE FUNCTION jobs.audit_only_grows();

CREATE TRIGGER audit_only_grows BEFORE DELETE OR UPDATE ON jobs.audit FOR EACH ROW EXECUTE FUNCTION jobs.audit_only_grows();

ALTER TABLE ONLY jobs.attempt
    ADD CONSTRAINT attempt_run_id_fkey FOREIGN KEY (run_id) REFERENCES jobs.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY jobs.job_revision
    ADD CONSTRAINT job_revision_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.result
    ADD CONSTRAINT result_run_id_fkey FOREIGN KEY (run_id) REFERENCES jobs.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY jobs.run
    ADD CONSTRAINT run_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.run
    ADD CONSTRAINT run_lock_fkey FOREIGN KEY (lock) REFERENCES jobs.lock(name);
ALTER TABLE ONLY jobs.slot
    ADD CONSTRAINT slot_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
ALTER TABLE ONLY jobs.watermark
    ADD CONSTRAINT watermark_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(name);
