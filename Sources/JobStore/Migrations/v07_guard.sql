-- The fence of every guarded write. The server itself ends the transaction of a claim that is no longer the
-- lock's, so what is to be written, and the commit, may follow without waiting for an answer.
create function jobs.guard(of_lock text, shown_fence bigint, of_run bigint) returns void
language plpgsql as $$
begin
  perform from jobs.lock where name = of_lock and fence = shown_fence and run = of_run for share;
  if not found then
    raise exception 'run % is no longer held with fence % of lock %', of_run, shown_fence, of_lock
      using errcode = 'MU001';
  end if;
end $$;
comment on function jobs.guard(text, bigint, bigint) is
  'Holds the lock''s row until the end of the transaction if the claim is still the lock''s, and ends '
  'the transaction with SQLSTATE MU001 if it is not.';
