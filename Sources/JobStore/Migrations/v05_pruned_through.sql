-- What was pruned is not known any more: whether it ran, and what became of it.

alter table jobs.watermark add column pruned_through timestamptz;
comment on column jobs.watermark.pruned_through is
  'Of slots up to here, runs and decisions may be gone; none of them is given a run any more. '
  'Null: nothing of this job was ever pruned.';
