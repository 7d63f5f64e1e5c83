-- The database belongs to one mode for good. Every table carries the mode in its key and leads back
-- to this row, so a paper row cannot be written into a live database by any program.
create table desk.settings (
  mode text not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint one_mode_per_database primary key (mode),
  constraint mode_is_live_or_paper check (mode in ('live', 'paper'))
);
create unique index one_row_of_settings on desk.settings ((true));

create table desk.account (
  mode text not null,
  id text not null,
  customer_id text not null,
  name text not null,
  enabled boolean not null default true,
  capital numeric,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  constraint accounts_have_a_short_name primary key (mode, id),
  constraint one_account_per_customer unique (mode, customer_id),
  constraint accounts_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint short_names_fit_everywhere check (id ~ '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$'),
  constraint capital_is_positive check (capital > 0)
);

-- The broker serves only today's books: this is the desk's memory, and the proof of every figure.
create table desk.vault (
  id bigint generated always as identity,
  mode text not null,
  account text,
  book text not null,
  request text not null,
  status integer not null,
  requested_at timestamptz not null,
  received_at timestamptz not null,
  business_date date not null,
  sha256 bytea not null generated always as (sha256(body)) stored,
  body bytea not null,
  row_count integer,
  stored_at timestamptz not null default clock_timestamp(),
  constraint answers_have_a_number primary key (id),
  constraint answers_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint answers_belong_to_an_account foreign key (mode, account) references desk.account (mode, id),
  constraint answers_come_after_their_request check (received_at >= requested_at)
);
create index vault_by_book on desk.vault (mode, account, business_date, book, received_at);

-- A journal: rows come, and nothing else happens to them. Pruning is a command of its own and says
-- so by a setting of its transaction; a stray `delete` in psql is refused.
create function desk.is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('desk.pruning', true) = 'on' then
    return old;
  end if;
  raise exception '%.% is append-only: % refused', tg_table_schema, tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation';
end
$$;

-- How many rows an answer holds is known only after it was stored; that one number may be added once.
create function desk.vault_keeps_its_answers() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.row_count is null
    and (old.id, old.mode, old.account, old.book, old.request, old.status, old.requested_at,
      old.received_at, old.business_date, old.body, old.stored_at)
    is not distinct from (new.id, new.mode, new.account, new.book, new.request, new.status,
      new.requested_at, new.received_at, new.business_date, new.body, new.stored_at)
  then
    return new;
  end if;
  if tg_op = 'DELETE' and current_setting('desk.pruning', true) = 'on' then
    return old;
  end if;
  raise exception 'desk.vault is append-only: % refused', lower(tg_op)
    using errcode = 'restrict_violation';
end
$$;
create trigger vault_is_append_only before update or delete on desk.vault
  for each row execute function desk.vault_keeps_its_answers();

comment on schema desk is 'accounts, the broker''s books, our ledger, breaks and reports; written by muhurat';
comment on table desk.settings is 'one row: the mode this database belongs to, for good';
comment on column desk.settings.mode is 'live: real money moves; paper: a simulated broker';
comment on column desk.settings.created_at is 'when the mode was chosen';
comment on table desk.account is 'people''s accounts at the broker';
comment on column desk.account.mode is 'the database''s mode';
comment on column desk.account.id is 'short name, used in job files, lock names and messages';
comment on column desk.account.customer_id is 'the number the broker knows';
comment on column desk.account.name is 'what reports call the account';
comment on column desk.account.enabled is 'whether jobs run for it; for_each: account takes the enabled ones';
comment on column desk.account.capital is 'declared capital in rupees, the base of returns and drawdown; null: no such figures';
comment on column desk.account.created_at is 'when it was added';
comment on column desk.account.changed_at is 'when anything in this row was last changed';
comment on table desk.vault is 'every answer of the broker, byte for byte, before anyone read it; append-only';
comment on column desk.vault.id is 'number of the answer';
comment on column desk.vault.mode is 'the database''s mode';
comment on column desk.vault.account is 'whose book it is; null: everyone''s, such as the contract master';
comment on column desk.vault.book is 'orders, positions, holdings, funds, trades, master or candles';
comment on column desk.vault.request is 'method and path, without secrets';
comment on column desk.vault.status is 'the HTTP status';
comment on column desk.vault.requested_at is 'job''s clock, before the first byte went out';
comment on column desk.vault.received_at is 'job''s clock, when the whole answer was there';
comment on column desk.vault.business_date is 'the session the answer belongs to';
comment on column desk.vault.sha256 is 'digest of body';
comment on column desk.vault.body is 'the bytes';
comment on column desk.vault.row_count is 'rows found when it was read; null: not read, or it does not read';
comment on column desk.vault.stored_at is 'server''s clock';
