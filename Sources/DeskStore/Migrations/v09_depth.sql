-- The order book of each instrument, as the feed told it last: a row for each side.
create table desk.depth (
  mode text not null,
  exchange text not null,
  scrip_code bigint not null,
  side text not null,
  prices numeric[] not null,
  quantities bigint[] not null,
  orders bigint[] not null,
  told_at timestamptz not null,
  levels_told_at timestamptz,
  stored_at timestamptz not null default clock_timestamp(),
  constraint one_side_per_instrument primary key (mode, exchange, scrip_code, side),
  constraint depths_belong_to_this_databases_mode foreign key (mode) references desk.settings (mode),
  constraint a_book_has_two_sides check (side in ('buy', 'sell')),
  constraint levels_are_whole check (
    cardinality(prices) = cardinality(quantities) and cardinality(prices) = cardinality(orders)
    and array_position(prices, null) is null and array_position(quantities, null) is null),
  constraint best_alone_without_levels check (levels_told_at is not null or cardinality(prices) <= 1)
);
comment on table desk.depth is 'one side of an instrument''s order book; no row: never told';
comment on column desk.depth.mode is 'the database''s mode';
comment on column desk.depth.exchange is 'NC, BC, NF, BF, RN, MX';
comment on column desk.depth.scrip_code is 'the exchange''s number of the instrument';
comment on column desk.depth.side is 'buy: bids; sell: asks';
comment on column desk.depth.prices is 'rupees, the best first; none: nobody stands there';
comment on column desk.depth.quantities is 'of each price';
comment on column desk.depth.orders is 'how many stand at each price; null where the feed did not say';
comment on column desk.depth.told_at is 'job''s clock when the best price was told last';
comment on column desk.depth.levels_told_at is 'the same of those below it; null: only the best is known';
comment on column desk.depth.stored_at is 'server''s clock';
