-- A planner that last counted while nothing was ready takes every index of ready runs for empty, and any
-- of them for as good as the one by lock; the wrong one shows all ready runs to each lock of a claim. So
-- this index alone names what waits by its times, which the constraints of jobs.run tie to its state:
-- whoever asks in these words can be served by no other.
drop index jobs.ready_runs_of_a_lock;
create index ready_runs_of_a_lock on jobs.run (lock, yields, ready_at, id)
  where lease_ends_at is null and finished_at is null;
