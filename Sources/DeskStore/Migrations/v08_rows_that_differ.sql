-- A sync used to write every row of every book anew, twice a minute, also where nothing had changed.
comment on column desk.broker_order.last_snapshot is 'the sync that wrote it last, because it was new or differed';
comment on column desk.position.last_snapshot is 'the sync that wrote it last, because it was new or differed';
comment on column desk.position.seen_at is 'job''s clock of that sync; every later one with positions among its books saw the same';
comment on column desk.holding.last_snapshot is 'the sync that wrote it last, because it was new or differed';
comment on column desk.holding.seen_at is 'job''s clock of that sync; every later one with holdings among its books saw the same';
comment on column desk.funds.last_snapshot is 'the sync that wrote it last, because it differed';
comment on column desk.funds.seen_at is 'job''s clock of that sync; every later one with funds among its books saw the same';
comment on column desk.snapshot.books is 'which books are as the broker showed them: read and applied, or the same bytes as the sync before';

-- Adding the count of rows made the server read, compare and digest the bytes again. A trigger that
-- comes after the update and names its columns looks at none of them.
drop trigger vault_is_append_only on desk.vault;
drop function desk.vault_keeps_its_answers();
create trigger vault_is_append_only before delete on desk.vault
  for each row execute function desk.is_append_only();
create trigger answers_never_change
  after update of id, mode, account, book, request, status, requested_at, received_at,
    business_date, body, stored_at on desk.vault
  for each row execute function desk.is_append_only();
create trigger rows_are_counted_once
  after update of row_count on desk.vault
  for each row when (old.row_count is not null) execute function desk.is_append_only();
