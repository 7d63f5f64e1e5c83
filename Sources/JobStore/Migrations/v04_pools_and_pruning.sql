-- Pools: a limit on how many runs of several jobs are active at once.

-- The definition in force says it; told apart here, because every claim asks.
alter table jobs.job
  add column pool text generated always as (definition -> 'pool' ->> 'name') stored,
  add column pool_max int generated always as ((definition -> 'pool' ->> 'max')::int) stored;
comment on column jobs.job.pool is 'The pool its runs take a place of while they are active.';
comment on column jobs.job.pool_max is 'How many places that pool has.';

alter table jobs.run
  add column pool text,
  add column pool_place int,
  add constraint a_place_is_one_of_a_pool check ((pool is null) = (pool_place is null));
comment on column jobs.run.pool_place is
  'The place of the pool that the last claim took; it is free when the run is not active.';

-- A place is had by one active run, as a lock is: no counting, and nothing to give back.
create unique index one_active_run_per_place_of_a_pool on jobs.run (pool, pool_place)
  where state in ('running', 'cancelling') and pool is not null;

-- Rows that change with every run are swept while they are few; the standard waits for a fifth of
-- the table, and of ten million runs that is two million.
alter table jobs.run set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02);
alter table jobs.attempt set (autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 1000);
alter table jobs.lock set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
alter table jobs.watermark set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500);
