-- How far trading is halted. One row for everything (`*`) and, if wanted, one for an account; the
-- worse of the two holds. By hand: update desk.kill_switch set level = 'HALT_ALL', changed_by =
-- 'asha', reason = '…';
create table desk.kill_switch (
  mode text not null,
  scope text not null,
  level text not null,
  changed_by text not null,
  reason text not null,
  changed_at timestamptz not null default clock_timestamp(),
  constraint one_level_per_scope primary key (mode, scope),
  constraint levels_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint scopes_are_everything_or_an_account
    check (scope = '*' or scope ~ '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$'),
  constraint levels_are_known check (level in ('NONE', 'HALT_ENTRIES', 'HALT_ALL'))
);

create table desk.kill_switch_change (
  id bigint generated always as identity,
  mode text not null,
  scope text not null,
  level text not null,
  changed_by text not null,
  reason text not null,
  database_user text not null default session_user,
  changed_at timestamptz not null default clock_timestamp(),
  constraint changes_of_levels_have_a_number primary key (id)
);
create trigger changes_of_levels_are_append_only before update or delete on desk.kill_switch_change
  for each row execute function desk.is_append_only();

-- A change by psql is on record like any other, and a level that was taken away would be no level.
create function desk.kill_switch_keeps_its_rows() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'desk.kill_switch keeps its rows: set level to NONE instead'
      using errcode = 'restrict_violation';
  end if;
  new.changed_at := clock_timestamp();
  return new;
end
$$;
create trigger the_kill_switch_keeps_its_rows before update or delete on desk.kill_switch
  for each row execute function desk.kill_switch_keeps_its_rows();

create function desk.kill_switch_is_on_record() returns trigger language plpgsql as $$
begin
  insert into desk.kill_switch_change (mode, scope, level, changed_by, reason)
  values (new.mode, new.scope, new.level, new.changed_by, new.reason);
  return null;
end
$$;
create trigger the_kill_switch_is_on_record after insert or update on desk.kill_switch
  for each row execute function desk.kill_switch_is_on_record();

-- The row for everything is there from the first moment, so that the statement above always finds
-- it.
create function desk.kill_switch_begins() returns trigger language plpgsql as $$
begin
  insert into desk.kill_switch (mode, scope, level, changed_by, reason)
  values (new.mode, '*', 'NONE', 'muhurat', 'never halted yet');
  return null;
end
$$;
create trigger every_mode_has_a_kill_switch after insert on desk.settings
  for each row execute function desk.kill_switch_begins();
insert into desk.kill_switch (mode, scope, level, changed_by, reason)
select mode, '*', 'NONE', 'muhurat', 'never halted yet' from desk.settings;

-- Word of a report that went out. A row is there before the sending begins, so that a second sender
-- sees it; `sending` that stays says that nobody knows whether it arrived.
create table desk.report_delivery (
  mode text not null,
  business_date date not null,
  sha256 text not null,
  channel text not null,
  state text not null,
  attempts integer not null default 1,
  error text,
  begun_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  constraint a_report_goes_out_once_per_channel primary key (mode, business_date, sha256, channel),
  constraint deliveries_are_of_a_report foreign key (mode, business_date, sha256)
    references desk.report (mode, business_date, sha256),
  constraint delivery_states_are_known check (state in ('sending', 'sent', 'failed')),
  constraint ended_deliveries_have_an_end check ((ended_at is null) = (state = 'sending'))
);

comment on table desk.kill_switch is 'how far trading is halted; the worse of everything and the account holds';
comment on column desk.kill_switch.mode is 'the database''s mode';
comment on column desk.kill_switch.scope is '* for everything, or an account';
comment on column desk.kill_switch.level is 'NONE; HALT_ENTRIES: nothing new is begun; HALT_ALL: nothing is sent';
comment on column desk.kill_switch.changed_by is 'who set it';
comment on column desk.kill_switch.reason is 'why';
comment on column desk.kill_switch.changed_at is 'server''s clock';
comment on table desk.kill_switch_change is 'every level ever set; append-only';
comment on column desk.kill_switch_change.id is 'number of the change';
comment on column desk.kill_switch_change.mode is 'the database''s mode';
comment on column desk.kill_switch_change.scope is 'as in desk.kill_switch';
comment on column desk.kill_switch_change.level is 'as in desk.kill_switch';
comment on column desk.kill_switch_change.changed_by is 'as in desk.kill_switch';
comment on column desk.kill_switch_change.reason is 'as in desk.kill_switch';
comment on column desk.kill_switch_change.database_user is 'whom the server knew';
comment on column desk.kill_switch_change.changed_at is 'server''s clock';
comment on table desk.report_delivery is 'which reports went out where';
comment on column desk.report_delivery.mode is 'the database''s mode';
comment on column desk.report_delivery.business_date is 'the session';
comment on column desk.report_delivery.sha256 is 'the report''s';
comment on column desk.report_delivery.channel is 'mail';
comment on column desk.report_delivery.state is 'sending, sent, failed; sending that stays: nobody knows';
comment on column desk.report_delivery.attempts is 'how often sending was begun';
comment on column desk.report_delivery.error is 'of the last attempt';
comment on column desk.report_delivery.begun_at is 'server''s clock, last attempt';
comment on column desk.report_delivery.ended_at is 'server''s clock';
