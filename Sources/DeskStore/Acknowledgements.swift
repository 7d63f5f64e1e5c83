package import Desk
package import Postgres
import TradingTime

extension DeskDatabase {
  /// Keeps what the feed said of orders, as evidence; what is on record already is not kept twice.
  ///
  /// - Returns: how many were new.
  @discardableResult
  package func keep(
    _ acknowledgements: [OrderAcknowledgement], on database: any Queryable
  ) async throws -> Int {
    try await database.query(
      """
      insert into desk.acknowledgement (mode, account, order_id, state, received_at, body)
      select $1, account, order_id, state, received_at, body
      from unnest($2, $3, $4, $5, $6) as heard (account, order_id, state, received_at, body)
      on conflict on constraint an_acknowledgement_is_kept_once do nothing
      """, mode.rawValue, acknowledgements.texts(\.accountID), acknowledgements.texts(\.orderID),
      acknowledgements.texts(\.state), acknowledgements.map { Timestamp($0.receivedAt) },
      acknowledgements.map(\.body)
    ).affected
  }
}
