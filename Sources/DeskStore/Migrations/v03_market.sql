create table desk.instrument (
  mode text not null,
  exchange text not null,
  scrip_code bigint not null,
  symbol text not null,
  name text not null,
  kind text not null,
  isin text,
  lot_size bigint not null,
  tick_size numeric,
  expires_on date,
  strike numeric,
  option_right text,
  loaded_on date not null,
  constraint one_instrument_per_exchange_number primary key (mode, exchange, scrip_code),
  constraint instruments_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint lots_are_positive check (lot_size > 0)
);
create index instruments_by_symbol on desk.instrument (mode, exchange, symbol);

create table desk.price (
  mode text not null,
  exchange text not null,
  scrip_code bigint not null,
  last numeric not null,
  previous_close numeric,
  at timestamptz not null,
  source text not null,
  stored_at timestamptz not null default clock_timestamp(),
  constraint one_latest_price_per_instrument primary key (mode, exchange, scrip_code),
  constraint prices_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint prices_are_positive check (last > 0),
  constraint previous_closes_are_positive check (previous_close > 0)
);

create table desk.daily_price (
  mode text not null,
  exchange text not null,
  scrip_code bigint not null,
  business_date date not null,
  last numeric not null,
  previous_close numeric,
  at timestamptz not null,
  source text not null,
  constraint one_mark_per_instrument_and_session primary key (mode, exchange, scrip_code, business_date),
  constraint marks_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint marks_are_positive check (last > 0),
  constraint marks_previous_closes_are_positive check (previous_close > 0)
);

create table desk.candle (
  mode text not null,
  exchange text not null,
  scrip_code bigint not null,
  interval text not null,
  ended_at timestamptz not null,
  traded_on date not null,
  open numeric not null,
  high numeric not null,
  low numeric not null,
  close numeric not null,
  volume bigint not null,
  constraint one_candle_per_bar primary key (mode, exchange, scrip_code, interval, ended_at),
  constraint candles_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint highs_are_not_below_lows check (high >= low),
  constraint candles_have_prices check (low > 0)
);

create table desk.target (
  mode text not null,
  account text not null,
  strategy text not null,
  ticked_at timestamptz not null,
  exchange text not null,
  scrip_code bigint not null,
  quantity bigint,
  limit_price numeric,
  why text not null,
  price numeric,
  price_at timestamptz,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint one_target_per_tick_and_instrument
    primary key (mode, account, strategy, ticked_at, exchange, scrip_code),
  constraint targets_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);

create table desk.strategy_state (
  mode text not null,
  account text not null,
  strategy text not null,
  armed boolean not null default false,
  state jsonb not null default '{}',
  last_tick_at timestamptz,
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null,
  reason text not null,
  constraint one_state_per_strategy_and_account primary key (mode, account, strategy),
  constraint strategies_belong_to_an_account foreign key (mode, account) references desk.account (mode, id)
);

comment on table desk.instrument is 'the broker''s contract master; lot, tick and expiry as of loaded_on';
comment on column desk.instrument.mode is 'the database''s mode';
comment on column desk.instrument.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.instrument.scrip_code is 'the exchange''s number';
comment on column desk.instrument.symbol is 'trading symbol; contracts carry their underlying''s';
comment on column desk.instrument.name is 'the company';
comment on column desk.instrument.kind is 'equity, future, option, index or other';
comment on column desk.instrument.isin is 'the security''s international number';
comment on column desk.instrument.lot_size is 'units per lot';
comment on column desk.instrument.tick_size is 'smallest price step in rupees; null: the master does not say';
comment on column desk.instrument.expires_on is 'last day of a contract';
comment on column desk.instrument.strike is 'of an option';
comment on column desk.instrument.option_right is 'call or put';
comment on column desk.instrument.loaded_on is 'the session whose master last had it';
comment on table desk.price is 'the latest price of each instrument; no row: no price';
comment on column desk.price.mode is 'the database''s mode';
comment on column desk.price.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.price.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.price.last is 'rupees';
comment on column desk.price.previous_close is 'official close of the session before';
comment on column desk.price.at is 'when the exchange had it';
comment on column desk.price.source is 'where it came from';
comment on column desk.price.stored_at is 'server''s clock';
comment on table desk.daily_price is 'the last price of each instrument and session: the mark of a day''s reckoning';
comment on column desk.daily_price.mode is 'the database''s mode';
comment on column desk.daily_price.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.daily_price.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.daily_price.business_date is 'the session';
comment on column desk.daily_price.last is 'rupees';
comment on column desk.daily_price.previous_close is 'official close of the session before';
comment on column desk.daily_price.at is 'when the exchange had it';
comment on column desk.daily_price.source is 'where it came from';
comment on table desk.candle is 'bars of prices as the broker gives them; not adjusted for corporate actions';
comment on column desk.candle.mode is 'the database''s mode';
comment on column desk.candle.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.candle.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.candle.interval is '1minute … 60minute, daily: the broker''s word';
comment on column desk.candle.ended_at is 'time of the last trade in the bar';
comment on column desk.candle.traded_on is 'the session';
comment on column desk.candle.open is 'rupees';
comment on column desk.candle.high is 'rupees';
comment on column desk.candle.low is 'rupees';
comment on column desk.candle.close is 'rupees';
comment on column desk.candle.volume is 'units';
comment on table desk.target is 'what a strategy proposed at a tick, one row per instrument of its universe';
comment on column desk.target.mode is 'the database''s mode';
comment on column desk.target.account is 'whose';
comment on column desk.target.strategy is 'name of the strategy';
comment on column desk.target.ticked_at is 'job''s clock of the tick';
comment on column desk.target.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.target.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.target.quantity is 'wanted signed position; null: no opinion, and why says the reason';
comment on column desk.target.limit_price is 'worst price to accept';
comment on column desk.target.why is 'the rule with its figures';
comment on column desk.target.price is 'the price it looked at';
comment on column desk.target.price_at is 'that price''s time';
comment on column desk.target.recorded_at is 'server''s clock';
comment on table desk.strategy_state is 'a strategy''s switch and memory per account';
comment on column desk.strategy_state.mode is 'the database''s mode';
comment on column desk.strategy_state.account is 'whose';
comment on column desk.strategy_state.strategy is 'name of the strategy';
comment on column desk.strategy_state.armed is 'whether it may tick; false after every restart until a person arms it';
comment on column desk.strategy_state.state is 'what the strategy wants to remember';
comment on column desk.strategy_state.last_tick_at is 'job''s clock';
comment on column desk.strategy_state.changed_at is 'server''s clock of the last switch';
comment on column desk.strategy_state.changed_by is 'who switched';
comment on column desk.strategy_state.reason is 'why';
