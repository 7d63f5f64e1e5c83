-- One sync of one account: every row below says which one saw it last.
create table desk.snapshot (
  id bigint generated always as identity,
  mode text not null,
  account text not null,
  business_date date not null,
  taken_at timestamptz not null,
  books text[] not null,
  notes text[] not null default '{}',
  stored_at timestamptz not null default clock_timestamp(),
  constraint snapshots_have_a_number primary key (id),
  constraint snapshots_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);
create index snapshots_by_day on desk.snapshot (mode, account, business_date, id);

create table desk.broker_order (
  mode text not null,
  account text not null,
  business_date date not null,
  exchange text not null,
  order_id text not null,
  scrip_code bigint not null,
  symbol text not null,
  product text not null,
  exchange_order_id text not null,
  side text not null,
  quantity bigint not null,
  executed bigint not null,
  price numeric,
  trigger_price numeric,
  average_price numeric,
  status text not null,
  status_text text not null,
  request_status text not null,
  channel text not null,
  ordered_at timestamptz,
  updated_at timestamptz,
  message text not null,
  first_snapshot bigint not null,
  last_snapshot bigint not null,
  closed_at timestamptz,
  constraint one_row_per_order_and_session primary key (mode, account, business_date, exchange, order_id),
  constraint orders_belong_to_an_account foreign key (mode, account) references desk.account (mode, id),
  constraint orders_buy_or_sell check (side in ('buy', 'sell'))
);

-- The ledger. Positions, lots and profit follow from these rows and from nothing else.
create table desk.fill (
  mode text not null,
  account text not null,
  exchange text not null,
  order_id text not null,
  trade_id text not null,
  business_date date not null,
  scrip_code bigint not null,
  product text not null,
  quantity bigint not null,
  price numeric not null,
  traded_at timestamptz not null,
  snapshot bigint not null,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint one_fill_per_exchange_trade
    primary key (mode, account, business_date, exchange, order_id, trade_id),
  constraint fills_belong_to_an_account foreign key (mode, account) references desk.account (mode, id),
  constraint fills_move_something check (quantity <> 0),
  constraint fills_have_a_price check (price > 0)
);
create index fills_by_instrument on desk.fill (mode, account, exchange, scrip_code);
create trigger fills_are_append_only before update or delete on desk.fill
  for each row execute function desk.is_append_only();

-- With what quantities an account went into a session; written once.
create table desk.account_day (
  mode text not null,
  account text not null,
  business_date date not null,
  source text not null,
  carried_from date,
  opened_at timestamptz not null default clock_timestamp(),
  constraint a_session_opens_once primary key (mode, account, business_date),
  constraint sessions_belong_to_an_account foreign key (mode, account) references desk.account (mode, id),
  constraint openings_are_adopted_or_carried check (
    (source = 'adopted' and carried_from is null) or (source = 'carried' and carried_from is not null)),
  constraint openings_come_from_the_past check (carried_from < business_date)
);

create table desk.opening (
  mode text not null,
  account text not null,
  business_date date not null,
  exchange text not null,
  scrip_code bigint not null,
  symbol text not null,
  quantity bigint not null,
  price numeric,
  constraint one_opening_per_instrument_and_session primary key (mode, account, business_date, exchange, scrip_code),
  constraint openings_belong_to_a_session foreign key (mode, account, business_date)
    references desk.account_day (mode, account, business_date),
  constraint openings_hold_something check (quantity <> 0)
);

-- The broker's columns only; what the desk adds to a position stands in desk.position_plan, where no
-- sync can reach it.
create table desk.position (
  mode text not null,
  account text not null,
  business_date date not null,
  exchange text not null,
  scrip_code bigint not null,
  product text not null,
  symbol text not null,
  buy_quantity bigint not null,
  buy_average numeric,
  sell_quantity bigint not null,
  sell_average numeric,
  net_quantity bigint not null,
  average_price numeric,
  booked_profit numeric,
  unrealised_profit numeric,
  first_snapshot bigint not null,
  last_snapshot bigint not null,
  seen_at timestamptz not null,
  closed_at timestamptz,
  constraint one_position_per_product_and_session
    primary key (mode, account, business_date, exchange, scrip_code, product),
  constraint positions_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);

create table desk.position_plan (
  mode text not null,
  account text not null,
  exchange text not null,
  scrip_code bigint not null,
  strategy text,
  stop_price numeric,
  target_price numeric,
  note text not null default '',
  changed_at timestamptz not null default clock_timestamp(),
  constraint one_plan_per_instrument primary key (mode, account, exchange, scrip_code),
  constraint plans_belong_to_an_account foreign key (mode, account) references desk.account (mode, id),
  constraint stops_are_prices check (stop_price > 0),
  constraint targets_are_prices check (target_price > 0)
);

create table desk.holding (
  mode text not null,
  account text not null,
  business_date date not null,
  listing text not null,
  symbol text not null,
  demat bigint not null,
  available bigint not null,
  receivable bigint not null,
  pledged bigint not null,
  financed bigint not null,
  average_price numeric,
  first_snapshot bigint not null,
  last_snapshot bigint not null,
  seen_at timestamptz not null,
  closed_at timestamptz,
  constraint one_holding_per_share_and_session primary key (mode, account, business_date, listing, symbol),
  constraint holdings_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);

create table desk.funds (
  mode text not null,
  account text not null,
  business_date date not null,
  exchange text not null,
  cash numeric,
  figures jsonb not null,
  last_snapshot bigint not null,
  seen_at timestamptz not null,
  constraint one_limit_statement_per_exchange_and_session primary key (mode, account, business_date, exchange),
  constraint funds_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);

comment on table desk.snapshot is 'one sync of one account: orders, fills, positions, holdings, funds under one number';
comment on column desk.snapshot.id is 'number of the sync';
comment on column desk.snapshot.mode is 'the database''s mode';
comment on column desk.snapshot.account is 'whose';
comment on column desk.snapshot.business_date is 'the session';
comment on column desk.snapshot.taken_at is 'job''s clock, before the first request';
comment on column desk.snapshot.books is 'which books were fetched, read and applied';
comment on column desk.snapshot.notes is 'what was refused or odd, as sentences';
comment on column desk.snapshot.stored_at is 'server''s clock';
comment on table desk.broker_order is 'the broker''s order book, one row per order in its latest state';
comment on column desk.broker_order.mode is 'the database''s mode';
comment on column desk.broker_order.account is 'whose';
comment on column desk.broker_order.business_date is 'the session';
comment on column desk.broker_order.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.broker_order.order_id is 'the broker''s number';
comment on column desk.broker_order.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.broker_order.symbol is 'the broker''s name of it';
comment on column desk.broker_order.product is 'the broker''s product code';
comment on column desk.broker_order.exchange_order_id is 'empty until the exchange acknowledged';
comment on column desk.broker_order.side is 'buy or sell';
comment on column desk.broker_order.quantity is 'ordered units';
comment on column desk.broker_order.executed is 'executed units';
comment on column desk.broker_order.price is 'the limit';
comment on column desk.broker_order.trigger_price is 'where a stop order wakes up';
comment on column desk.broker_order.average_price is 'of what is executed, rounded to two places by the broker';
comment on column desk.broker_order.status is 'what status_text means; unrecognised is treated as open';
comment on column desk.broker_order.status_text is 'the broker''s own words';
comment on column desk.broker_order.request_status is 'NEW, MODIFY or CANCEL';
comment on column desk.broker_order.channel is 'where it was entered; SKAPI is this program''s channel';
comment on column desk.broker_order.ordered_at is 'the broker''s time';
comment on column desk.broker_order.updated_at is 'the broker''s time of the last change';
comment on column desk.broker_order.message is 'the broker''s error text';
comment on column desk.broker_order.first_snapshot is 'the sync that saw it first';
comment on column desk.broker_order.last_snapshot is 'the sync that saw it last';
comment on column desk.broker_order.closed_at is 'when the broker stopped showing it; the row stays';
comment on table desk.fill is 'the ledger: every execution once; append-only';
comment on column desk.fill.mode is 'the database''s mode';
comment on column desk.fill.account is 'whose';
comment on column desk.fill.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.fill.order_id is 'the order it belongs to';
comment on column desk.fill.trade_id is 'the exchange''s trade number, or agg:<total> for a step of an order''s executed total';
comment on column desk.fill.business_date is 'the session';
comment on column desk.fill.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.fill.product is 'the broker''s product code';
comment on column desk.fill.quantity is 'signed: bought is positive';
comment on column desk.fill.price is 'rupees per unit';
comment on column desk.fill.traded_at is 'the broker''s time, or when the step was seen';
comment on column desk.fill.snapshot is 'the sync that brought it';
comment on column desk.fill.recorded_at is 'server''s clock';
comment on table desk.account_day is 'how an account''s session was opened: adopted from the broker once, then carried from session to session';
comment on column desk.account_day.mode is 'the database''s mode';
comment on column desk.account_day.account is 'whose';
comment on column desk.account_day.business_date is 'the session';
comment on column desk.account_day.source is 'adopted: the broker''s word on the first day; carried: our own closing of carried_from';
comment on column desk.account_day.carried_from is 'the session whose closing is this opening';
comment on column desk.account_day.opened_at is 'server''s clock';
comment on table desk.opening is 'what an account carried into a session';
comment on column desk.opening.mode is 'the database''s mode';
comment on column desk.opening.account is 'whose';
comment on column desk.opening.business_date is 'the session';
comment on column desk.opening.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.opening.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.opening.symbol is 'the broker''s name of it';
comment on column desk.opening.quantity is 'signed units';
comment on column desk.opening.price is 'adopted openings: the broker''s average cost; null: unknown, or carried';
comment on table desk.position is 'the broker''s position book, one row per instrument, product and session';
comment on column desk.position.mode is 'the database''s mode';
comment on column desk.position.account is 'whose';
comment on column desk.position.business_date is 'the session';
comment on column desk.position.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.position.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.position.product is 'the broker''s product code';
comment on column desk.position.symbol is 'the broker''s name of it';
comment on column desk.position.buy_quantity is 'units bought today';
comment on column desk.position.buy_average is 'the broker''s';
comment on column desk.position.sell_quantity is 'units sold today';
comment on column desk.position.sell_average is 'the broker''s';
comment on column desk.position.net_quantity is 'signed units';
comment on column desk.position.average_price is 'the broker''s, by its own method';
comment on column desk.position.booked_profit is 'the broker''s, by its own method';
comment on column desk.position.unrealised_profit is 'the broker''s, by its own method';
comment on column desk.position.first_snapshot is 'the sync that saw it first';
comment on column desk.position.last_snapshot is 'the sync that saw it last';
comment on column desk.position.seen_at is 'job''s clock of that sync';
comment on column desk.position.closed_at is 'when the broker stopped showing it; the row stays';
comment on table desk.position_plan is 'what the desk intends with a position; no sync writes here';
comment on column desk.position_plan.mode is 'the database''s mode';
comment on column desk.position_plan.account is 'whose';
comment on column desk.position_plan.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.position_plan.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.position_plan.strategy is 'the strategy that owns it';
comment on column desk.position_plan.stop_price is 'leave below (long) or above (short)';
comment on column desk.position_plan.target_price is 'leave at this profit';
comment on column desk.position_plan.note is 'the desk''s words';
comment on column desk.position_plan.changed_at is 'server''s clock';
comment on table desk.holding is 'the broker''s holdings, one row per share and session';
comment on column desk.holding.mode is 'the database''s mode';
comment on column desk.holding.account is 'whose';
comment on column desk.holding.business_date is 'the session';
comment on column desk.holding.listing is 'NSE or BSE';
comment on column desk.holding.symbol is 'the broker''s name of the share';
comment on column desk.holding.demat is 'in the demat account';
comment on column desk.holding.available is 'of these, free to sell';
comment on column desk.holding.receivable is 'bought, not yet settled';
comment on column desk.holding.pledged is 'pledged';
comment on column desk.holding.financed is 'financed under margin trading';
comment on column desk.holding.average_price is 'the broker''s average cost';
comment on column desk.holding.first_snapshot is 'the sync that saw it first';
comment on column desk.holding.last_snapshot is 'the sync that saw it last';
comment on column desk.holding.seen_at is 'job''s clock of that sync';
comment on column desk.holding.closed_at is 'when the broker stopped showing it; the row stays';
comment on table desk.funds is 'the broker''s limit statement, one row per exchange and session';
comment on column desk.funds.mode is 'the database''s mode';
comment on column desk.funds.account is 'whose';
comment on column desk.funds.business_date is 'the session';
comment on column desk.funds.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.funds.cash is 'the broker''s cash balance';
comment on column desk.funds.figures is 'every amount under the broker''s own name, as text';
comment on column desk.funds.last_snapshot is 'the sync that saw it last';
comment on column desk.funds.seen_at is 'job''s clock of that sync';
