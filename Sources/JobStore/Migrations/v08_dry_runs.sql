-- A dry run takes back what it writes. Whoever else took it up would do it for real, and its success
-- would satisfy promises and conditions by work that was never done.
alter table jobs.run add column dry_run boolean not null default false;
alter table jobs.run add constraint a_dry_run_is_never_ready_and_never_a_success check (
  not dry_run or state in ('running', 'cancelling', 'cancelled', 'gated', 'unknown'));
comment on column jobs.run.dry_run is
  'Does everything and takes it back, in the process of who asked; how it went is its reason.';
