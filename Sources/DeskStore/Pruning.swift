import Desk
package import Postgres

extension DeskDatabase {
  /// Broker answers stored longer ago, a batch of them. What was read out of them stays.
  ///
  /// The table refuses a delete whose transaction does not say that it prunes, so this must be
  /// given a transaction.
  ///
  /// - Returns: how many went, and after which number to go on; nil when nothing older is left.
  package func pruneVault(
    olderThan age: Duration, from place: Int64 = 0, limit: Int = 200, on tx: any Queryable
  ) async throws -> (removed: Int64, next: Int64?) {
    let row = try await tx.query(
      """
      with allowed as materialized (
        select set_config('desk.pruning', 'on', true) as pruning
      ), old as materialized (
        select v.id from (
          select id, stored_at from desk.vault where mode = $4 and id > $2 order by id limit $3) v
         where v.stored_at < clock_timestamp() - $1::interval
      ), gone as (
        delete from desk.vault v using old o, allowed a where v.id = o.id and a.pruning = 'on'
        returning v.id
      )
      select (select count(*) from gone) as removed,
             (select max(id) from old having count(*) = $3) as next
      """, age, place, limit, mode.rawValue
    ).one
    return (try row["removed"], try row["next"])
  }
  /// Word of orders stored longer ago, a batch of it, in the same manner: it is evidence beside the
  /// broker's answers, and worth as much without them as they without it.
  package func pruneAcknowledgements(
    olderThan age: Duration, from place: Int64 = 0, limit: Int = 1000, on tx: any Queryable
  ) async throws -> (removed: Int64, next: Int64?) {
    let row = try await tx.query(
      """
      with allowed as materialized (
        select set_config('desk.pruning', 'on', true) as pruning
      ), old as materialized (
        select k.id from (
          select id, stored_at from desk.acknowledgement where mode = $4 and id > $2
           order by id limit $3) k
         where k.stored_at < clock_timestamp() - $1::interval
      ), gone as (
        delete from desk.acknowledgement k using old o, allowed a
         where k.id = o.id and a.pruning = 'on'
        returning k.id
      )
      select (select count(*) from gone) as removed,
             (select max(id) from old having count(*) = $3) as next
      """, age, place, limit, mode.rawValue
    ).one
    return (try row["removed"], try row["next"])
  }
}
