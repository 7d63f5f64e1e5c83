create table desk.recon_run (
  id bigint generated always as identity,
  mode text not null,
  account text not null,
  business_date date not null,
  version integer not null,
  input_sha256 text not null,
  verdict text not null,
  line text not null,
  layers jsonb not null,
  reconciled_at timestamptz not null,
  stored_at timestamptz not null default clock_timestamp(),
  constraint comparisons_have_a_number primary key (id),
  constraint comparisons_belong_to_an_account foreign key (mode, account) references desk.account (mode, id),
  constraint comparisons_of_a_session_are_numbered unique (mode, account, business_date, version),
  constraint verdicts_are_known check (verdict in ('clean', 'explained', 'breaks', 'not-comparable'))
);

-- A break is account, layer and key; a later run that finds it changed updates it, and the journal
-- below keeps every step.
create table desk.discrepancy (
  mode text not null,
  account text not null,
  layer text not null,
  key text not null,
  type text not null,
  severity text not null,
  state text not null,
  symbol text not null,
  exchange text,
  scrip_code bigint,
  ours text not null,
  theirs text not null,
  difference text not null,
  money_at_risk numeric,
  first_seen_on date not null,
  last_seen_on date not null,
  closed_on date,
  reopened integer not null default 0,
  first_run bigint not null,
  last_run bigint not null,
  constraint one_break_per_account_layer_and_key primary key (mode, account, layer, key),
  constraint breaks_belong_to_an_account foreign key (mode, account) references desk.account (mode, id),
  constraint breaks_are_open_or_closed check (
    (state = 'open' and closed_on is null) or (state = 'closed' and closed_on is not null)),
  constraint severities_are_known check (severity in ('info', 'medium', 'high', 'critical'))
);

create table desk.discrepancy_event (
  id bigint generated always as identity,
  mode text not null,
  account text not null,
  layer text not null,
  key text not null,
  recon_run bigint not null,
  event text not null,
  type text not null,
  severity text not null,
  ours text not null,
  theirs text not null,
  difference text not null,
  money_at_risk numeric,
  business_date date not null,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint steps_of_breaks_have_a_number primary key (id),
  constraint steps_belong_to_a_break foreign key (mode, account, layer, key)
    references desk.discrepancy (mode, account, layer, key),
  constraint breaks_open_change_reopen_or_close check (event in ('opened', 'changed', 'reopened', 'closed'))
);
create index steps_by_break on desk.discrepancy_event (mode, account, layer, key, id);
create trigger steps_of_breaks_are_append_only before update or delete on desk.discrepancy_event
  for each row execute function desk.is_append_only();

create table desk.instrument_day (
  mode text not null,
  account text not null,
  business_date date not null,
  exchange text not null,
  scrip_code bigint not null,
  symbol text not null,
  opening bigint not null,
  bought bigint not null,
  bought_value numeric not null,
  sold bigint not null,
  sold_value numeric not null,
  previous_close numeric,
  mark numeric,
  marked_at timestamptz,
  realised numeric,
  unrealised numeric,
  average_realised numeric,
  pool_realised numeric not null,
  gross numeric,
  charges numeric,
  broker_quantity bigint,
  broker_booked numeric,
  broker_unrealised numeric,
  wins integer not null,
  losses integer not null,
  gross_profit numeric not null,
  gross_loss numeric not null,
  constraint one_sheet_per_instrument_and_session primary key (mode, account, business_date, exchange, scrip_code),
  constraint sheets_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);

create table desk.analytics_day (
  mode text not null,
  account text not null,
  business_date date not null,
  instruments integer not null,
  open_positions integer not null,
  incomplete integer not null,
  fills integer not null,
  orders integer not null,
  rejected_orders integer not null,
  realised numeric not null,
  unrealised numeric not null,
  gross numeric not null,
  charges numeric not null,
  net numeric not null,
  broker_booked numeric,
  broker_unrealised numeric,
  turnover numeric not null,
  long_exposure numeric not null,
  short_exposure numeric not null,
  wins integer not null,
  losses integer not null,
  gross_profit numeric not null,
  gross_loss numeric not null,
  cash numeric,
  version integer not null,
  constraint one_row_of_figures_per_account_and_session primary key (mode, account, business_date),
  constraint figures_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);

create table desk.report (
  mode text not null,
  business_date date not null,
  version integer not null,
  sha256 text not null,
  verdict text not null,
  text text not null,
  html text not null,
  csv text not null,
  json text not null,
  stored_at timestamptz not null default clock_timestamp(),
  constraint versions_of_a_report_are_numbered primary key (mode, business_date, version),
  constraint equal_reports_are_one_report unique (mode, business_date, sha256),
  constraint reports_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode)
);
create trigger reports_are_append_only before update or delete on desk.report
  for each row execute function desk.is_append_only();

comment on table desk.recon_run is 'comparisons of both books; books equal to those of the last comparison give no new row';
comment on column desk.recon_run.id is 'number of the comparison';
comment on column desk.recon_run.mode is 'the database''s mode';
comment on column desk.recon_run.account is 'whose';
comment on column desk.recon_run.business_date is 'the session';
comment on column desk.recon_run.version is '1, 2, … within the session';
comment on column desk.recon_run.input_sha256 is 'digest of both books';
comment on column desk.recon_run.verdict is 'clean, explained, breaks, not-comparable';
comment on column desk.recon_run.line is 'the verdict with its numbers';
comment on column desk.recon_run.layers is 'how each layer went';
comment on column desk.recon_run.reconciled_at is 'job''s clock';
comment on column desk.recon_run.stored_at is 'server''s clock';
comment on table desk.discrepancy is 'breaks: differences between our books and the broker''s';
comment on column desk.discrepancy.mode is 'the database''s mode';
comment on column desk.discrepancy.account is 'whose';
comment on column desk.discrepancy.layer is 'completeness, orders, fills, positions, holdings or cash';
comment on column desk.discrepancy.key is 'NC:2885, NC/<order>, NSE:INFY, or a layer''s name';
comment on column desk.discrepancy.type is 'MISSING_INTERNALLY, MISSING_AT_BROKER, QUANTITY, SIDE, PRICE, STATUS, TIMING, NOT_COMPARABLE';
comment on column desk.discrepancy.severity is 'base severity; what reports print grows with age';
comment on column desk.discrepancy.state is 'open or closed; only a comparison that matches closes';
comment on column desk.discrepancy.symbol is 'the instrument''s name';
comment on column desk.discrepancy.exchange is 'the instrument''s exchange, if it is about one';
comment on column desk.discrepancy.scrip_code is 'the instrument''s number, if it is about one';
comment on column desk.discrepancy.ours is 'what our books say';
comment on column desk.discrepancy.theirs is 'what the broker says';
comment on column desk.discrepancy.difference is 'in words and figures';
comment on column desk.discrepancy.money_at_risk is 'rupees; null: no price to say it with';
comment on column desk.discrepancy.first_seen_on is 'session; a reopened break starts anew';
comment on column desk.discrepancy.last_seen_on is 'session';
comment on column desk.discrepancy.closed_on is 'session in which it matched again';
comment on column desk.discrepancy.reopened is 'how often it came back';
comment on column desk.discrepancy.first_run is 'the comparison that opened it';
comment on column desk.discrepancy.last_run is 'the comparison that saw it last';
comment on table desk.discrepancy_event is 'the history of every break; append-only';
comment on column desk.discrepancy_event.id is 'number of the step';
comment on column desk.discrepancy_event.mode is 'the database''s mode';
comment on column desk.discrepancy_event.account is 'whose';
comment on column desk.discrepancy_event.layer is 'as in desk.discrepancy';
comment on column desk.discrepancy_event.key is 'as in desk.discrepancy';
comment on column desk.discrepancy_event.recon_run is 'the comparison that found it so';
comment on column desk.discrepancy_event.event is 'opened, changed, reopened, closed';
comment on column desk.discrepancy_event.type is 'as it then was';
comment on column desk.discrepancy_event.severity is 'as it then was';
comment on column desk.discrepancy_event.ours is 'as it then was';
comment on column desk.discrepancy_event.theirs is 'as it then was';
comment on column desk.discrepancy_event.difference is 'as it then was';
comment on column desk.discrepancy_event.money_at_risk is 'as it then was';
comment on column desk.discrepancy_event.business_date is 'the session';
comment on column desk.discrepancy_event.recorded_at is 'server''s clock';
comment on table desk.instrument_day is 'one instrument''s session by our ledger, the broker''s figures beside it';
comment on column desk.instrument_day.mode is 'the database''s mode';
comment on column desk.instrument_day.account is 'whose';
comment on column desk.instrument_day.business_date is 'the session';
comment on column desk.instrument_day.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.instrument_day.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.instrument_day.symbol is 'its name';
comment on column desk.instrument_day.opening is 'signed units carried in';
comment on column desk.instrument_day.bought is 'units';
comment on column desk.instrument_day.bought_value is 'rupees';
comment on column desk.instrument_day.sold is 'units';
comment on column desk.instrument_day.sold_value is 'rupees';
comment on column desk.instrument_day.previous_close is 'official close of the session before';
comment on column desk.instrument_day.mark is 'price of the reckoning; null: none';
comment on column desk.instrument_day.marked_at is 'that price''s time';
comment on column desk.instrument_day.realised is 'first in, first out, before charges; null: the carried lots'' cost is unknown';
comment on column desk.instrument_day.unrealised is 'open lots against cost; null: no mark or no cost';
comment on column desk.instrument_day.average_realised is 'the same at average cost, carried lots included';
comment on column desk.instrument_day.pool_realised is 'the day''s buys against its sells at their averages, as brokers print it';
comment on column desk.instrument_day.gross is 'the session''s profit from the previous close, before charges; null: a price is missing';
comment on column desk.instrument_day.charges is 'estimate; null: no rates for the date';
comment on column desk.instrument_day.broker_quantity is 'the broker''s net quantity';
comment on column desk.instrument_day.broker_booked is 'the broker''s booked profit';
comment on column desk.instrument_day.broker_unrealised is 'the broker''s open profit';
comment on column desk.instrument_day.wins is 'lots closed with profit';
comment on column desk.instrument_day.losses is 'lots closed with loss';
comment on column desk.instrument_day.gross_profit is 'of the wins';
comment on column desk.instrument_day.gross_loss is 'of the losses, positive';
comment on table desk.analytics_day is 'one account''s figures of one session, summed from desk.instrument_day';
comment on column desk.analytics_day.mode is 'the database''s mode';
comment on column desk.analytics_day.account is 'whose';
comment on column desk.analytics_day.business_date is 'the session';
comment on column desk.analytics_day.instruments is 'instruments carried or traded';
comment on column desk.analytics_day.open_positions is 'of these, open at the end';
comment on column desk.analytics_day.incomplete is 'of these, without profit because a price, a cost or a rate is missing; the sums leave them out';
comment on column desk.analytics_day.fills is 'rows of the ledger';
comment on column desk.analytics_day.orders is 'orders at the broker';
comment on column desk.analytics_day.rejected_orders is 'of these, rejected';
comment on column desk.analytics_day.realised is 'first in, first out, before charges';
comment on column desk.analytics_day.unrealised is 'open lots against cost';
comment on column desk.analytics_day.gross is 'the session''s profit before charges';
comment on column desk.analytics_day.charges is 'estimate';
comment on column desk.analytics_day.net is 'gross less charges';
comment on column desk.analytics_day.broker_booked is 'the broker''s';
comment on column desk.analytics_day.broker_unrealised is 'the broker''s';
comment on column desk.analytics_day.turnover is 'rupees bought and sold';
comment on column desk.analytics_day.long_exposure is 'market value of long positions';
comment on column desk.analytics_day.short_exposure is 'market value of short positions, positive';
comment on column desk.analytics_day.wins is 'lots closed with profit';
comment on column desk.analytics_day.losses is 'lots closed with loss';
comment on column desk.analytics_day.gross_profit is 'of the wins';
comment on column desk.analytics_day.gross_loss is 'of the losses, positive';
comment on column desk.analytics_day.cash is 'sum of the broker''s cash balances; null: none known';
comment on column desk.analytics_day.version is 'grows when a later rollup found other figures';
comment on table desk.report is 'end-of-day reports as sent; append-only';
comment on column desk.report.mode is 'the database''s mode';
comment on column desk.report.business_date is 'the session';
comment on column desk.report.version is '1, 2, …; equal reports are one';
comment on column desk.report.sha256 is 'digest of the JSON form';
comment on column desk.report.verdict is 'its first line';
comment on column desk.report.text is 'plain text';
comment on column desk.report.html is 'one page, self-contained';
comment on column desk.report.csv is 'for spreadsheets';
comment on column desk.report.json is 'for programs';
comment on column desk.report.stored_at is 'server''s clock';
