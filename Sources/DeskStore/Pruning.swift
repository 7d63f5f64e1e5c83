import Desk
package import Postgres

extension DeskDatabase {
  /// Broker answers stored longer ago, a batch of them. What was read out of them stays.
  ///
  /// - Returns: see `prune`.
  package func pruneVault(
    olderThan age: Duration, from place: Int64 = 0, limit: Int = 200, on tx: any Queryable
  ) async throws -> (removed: Int64, next: Int64?) {
    try await prune("vault", olderThan: age, from: place, limit: limit, on: tx)
  }

  /// Word of orders stored longer ago, a batch of it: it is evidence beside the broker's answers,
  /// and worth as much without them as they without it.
  ///
  /// - Returns: see `prune`.
  package func pruneAcknowledgements(
    olderThan age: Duration, from place: Int64 = 0, limit: Int = 1000, on tx: any Queryable
  ) async throws -> (removed: Int64, next: Int64?) {
    try await prune("acknowledgement", olderThan: age, from: place, limit: limit, on: tx)
  }

  /// Syncs stored longer ago that a later one of the same session covers, a batch of them: each book
  /// they brought, it brought too. So of every session the last word on every book stays.
  ///
  /// - Returns: see `prune`.
  package func pruneSnapshots(
    olderThan age: Duration, from place: Int64 = 0, limit: Int = 1000, on tx: any Queryable
  ) async throws -> (removed: Int64, next: Int64?) {
    try await prune(
      "snapshot", olderThan: age, from: place, limit: limit, on: tx,
      where: """
        exists (
          select from desk.snapshot later
           where later.mode = k.mode and later.account = k.account
             and later.business_date = k.business_date and later.id > k.id
             and later.books @> k.books)
        """)
  }

  /// Tables of evidence refuse a delete whose transaction does not say that it prunes, so this must
  /// be given a transaction.
  ///
  /// - Parameter condition: what else must hold of a row `k` that goes.
  /// - Returns: how many went, and after which number to go on; nil when nothing older is left.
  private func prune(
    _ table: String, olderThan age: Duration, from place: Int64, limit: Int, on tx: any Queryable,
    where condition: String = "true"
  ) async throws -> (removed: Int64, next: Int64?) {
    let row = try await tx.query(
      """
      with allowed as materialized (
        select set_config('desk.pruning', 'on', true) as pruning
      ), old as materialized (
        select k.id from (
          select id, stored_at from desk.\(table) where mode = $4 and id > $2
           order by id limit $3) k
         where k.stored_at < clock_timestamp() - $1::interval
      ), gone as (
        delete from desk.\(table) k using old o, allowed a
         where k.id = o.id and a.pruning = 'on' and \(condition)
        returning k.id
      )
      select (select count(*) from gone) as removed,
             (select max(id) from old having count(*) = $3) as next
      """, age, place, limit, mode.rawValue
    ).one
    return (try row["removed"], try row["next"])
  }
}
