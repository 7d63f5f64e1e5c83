-- Word of orders that came by the feed, whole messages as they came: evidence, and a hint to look
-- into the broker's book. Nothing acts on them. The same bytes are kept once: the broker repeats
-- itself, and two daemons may listen.
create table desk.acknowledgement (
  id bigint generated always as identity,
  mode text not null,
  account text not null,
  order_id text not null,
  state text not null,
  received_at timestamptz not null,
  sha256 bytea not null generated always as (sha256(body)) stored,
  body bytea not null,
  stored_at timestamptz not null default clock_timestamp(),
  constraint acknowledgements_have_a_number primary key (id),
  constraint acknowledgements_belong_to_an_account
    foreign key (mode, account) references desk.account (mode, id),
  constraint an_acknowledgement_is_kept_once unique (mode, account, order_id, sha256)
);
create trigger acknowledgements_are_append_only before update or delete on desk.acknowledgement
  for each row execute function desk.is_append_only();

-- Every list of contracts that was taken over, and what it changed.
create table desk.master_load (
  mode text not null,
  exchange text not null,
  loaded_on date not null,
  contracts integer not null,
  added integer not null,
  changed integer not null,
  vanished integer not null,
  loaded_at timestamptz not null default clock_timestamp(),
  constraint one_master_per_exchange_and_session primary key (mode, exchange, loaded_on),
  constraint masters_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint masters_hold_contracts check (contracts > 0)
);
insert into desk.master_load (mode, exchange, loaded_on, contracts, added, changed, vanished)
select mode, exchange, loaded_on, count(*), count(*), 0, 0
from desk.instrument
group by mode, exchange, loaded_on;

alter table desk.instrument
  add freeze_quantity bigint,
  add vanished_on date,
  add constraint freeze_quantities_are_positive check (freeze_quantity > 0);

-- What a contract was, from when on. A row for the first sight of it and one for each change, so
-- that a past session's lot and tick can be told.
create table desk.contract_revision (
  mode text not null,
  exchange text not null,
  scrip_code bigint not null,
  valid_from date not null,
  symbol text not null,
  name text not null,
  kind text not null,
  isin text,
  lot_size bigint not null,
  tick_size numeric,
  freeze_quantity bigint,
  expires_on date,
  strike numeric,
  option_right text,
  is_listed boolean not null,
  constraint one_revision_per_contract_and_session
    primary key (mode, exchange, scrip_code, valid_from),
  constraint revisions_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode)
);
insert into desk.contract_revision
  (mode, exchange, scrip_code, valid_from, symbol, name, kind, isin, lot_size, tick_size,
   expires_on, strike, option_right, is_listed)
select mode, exchange, scrip_code, loaded_on, symbol, name, kind, isin, lot_size, tick_size,
  expires_on, strike, option_right, true
from desk.instrument;

comment on table desk.acknowledgement is 'word of orders that came by the feed, as it came; nothing acts on it; append-only';
comment on column desk.acknowledgement.id is 'number of the message';
comment on column desk.acknowledgement.mode is 'the database''s mode';
comment on column desk.acknowledgement.account is 'whose connection brought it';
comment on column desk.acknowledgement.order_id is 'the broker''s number of the order';
comment on column desk.acknowledgement.state is 'the broker''s word, such as NewOrderConfirmation';
comment on column desk.acknowledgement.received_at is 'job''s clock';
comment on column desk.acknowledgement.sha256 is 'digest of body';
comment on column desk.acknowledgement.body is 'the whole message, byte for byte';
comment on column desk.acknowledgement.stored_at is 'server''s clock';
comment on table desk.master_load is 'which list of contracts was taken over when, and what it changed';
comment on column desk.master_load.mode is 'the database''s mode';
comment on column desk.master_load.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.master_load.loaded_on is 'the session';
comment on column desk.master_load.contracts is 'how many the list held';
comment on column desk.master_load.added is 'contracts not known before';
comment on column desk.master_load.changed is 'contracts that read otherwise than before';
comment on column desk.master_load.vanished is 'contracts that the list held before and not any more';
comment on column desk.master_load.loaded_at is 'server''s clock';
comment on column desk.instrument.freeze_quantity is 'most units an order may have; null: the list does not say';
comment on column desk.instrument.vanished_on is 'the session whose list did not hold it any more; null: it is listed';
comment on table desk.contract_revision is 'what a contract was from a session on; one row for its first sight and for each change';
comment on column desk.contract_revision.mode is 'the database''s mode';
comment on column desk.contract_revision.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.contract_revision.scrip_code is 'the exchange''s number of the contract';
comment on column desk.contract_revision.valid_from is 'the first session it was so';
comment on column desk.contract_revision.symbol is 'as in desk.instrument';
comment on column desk.contract_revision.name is 'as in desk.instrument';
comment on column desk.contract_revision.kind is 'as in desk.instrument';
comment on column desk.contract_revision.isin is 'as in desk.instrument';
comment on column desk.contract_revision.lot_size is 'as in desk.instrument';
comment on column desk.contract_revision.tick_size is 'as in desk.instrument';
comment on column desk.contract_revision.freeze_quantity is 'as in desk.instrument';
comment on column desk.contract_revision.expires_on is 'as in desk.instrument';
comment on column desk.contract_revision.strike is 'as in desk.instrument';
comment on column desk.contract_revision.option_right is 'as in desk.instrument';
comment on column desk.contract_revision.is_listed is 'false: from that session on the list does not hold it';
