-- Since answers that the broker refused are kept as well, and one of them may repeat a token of ours.
comment on table desk.vault is
  'every answer of the broker but the sign-in''s, before anyone read it, refused ones too; append-only';
comment on column desk.vault.book is
  'orders, positions, holdings, funds, history or trades of one order, master, master-table or candles';
comment on column desk.vault.status is 'the HTTP status; beyond 299 the broker refused, and nothing is read';
comment on column desk.vault.body is 'the bytes; a secret of ours that they repeat is starred out, byte for byte';
comment on column desk.vault.sha256 is 'digest of body as it stands here';
