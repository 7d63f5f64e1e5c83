package import Desk
package import Postgres

extension DeskDatabase {
  /// Takes the newer word of each side of these order books.
  package func upsert(
    _ depths: [InstrumentKey: Depth], on database: any Queryable
  ) async throws {
    let rows = depths.sorted { $0.key < $1.key }.flatMap { key, depth in
      [(Side.buy, depth.bids), (.sell, depth.asks)].compactMap { side, told in
        told.map { DepthRow(key: key, side: side, told: $0) }
      }
    }
    guard !rows.isEmpty else { return }
    try await database.query(
      """
      insert into desk.depth
        (mode, exchange, scrip_code, side, prices, quantities, orders, told_at, levels_told_at)
      select $1, exchange, scrip_code, side, prices::numeric[], quantities::bigint[],
        orders::bigint[], told_at, levels_told_at
      from unnest($2, $3, $4, $5, $6, $7, $8, $9)
        as told (exchange, scrip_code, side, prices, quantities, orders, told_at, levels_told_at)
      on conflict on constraint one_side_per_instrument do update
      set prices = excluded.prices, quantities = excluded.quantities, orders = excluded.orders,
        told_at = excluded.told_at, levels_told_at = excluded.levels_told_at,
        stored_at = clock_timestamp()
      where excluded.told_at >= depth.told_at
      """, mode.rawValue, rows.texts(\.key.exchange), rows.numbers(\.key.scripCode),
      rows.texts(\.side.rawValue), rows.texts { $0.column(\.price) },
      rows.texts { $0.column(\.quantity) },
      rows.texts { row in row.column { $0.orders.map(String.init) ?? "null" } },
      rows.map { Timestamp($0.told.toldAt) }, rows.map { $0.told.levelsToldAt.map(Timestamp.init) })
  }

  /// The columns of both sides, joined by position as `bid` and `ask`.
  static let depthColumns = ["bid", "ask"].map { side in
    ["prices", "quantities", "orders", "told_at", "levels_told_at"]
      .map { "\(side).\($0) as \(side)_\($0)" }.joined(separator: ", ")
  }.joined(separator: ", ")

  func depth(_ row: Row) throws -> Depth? {
    let (bids, asks) = (try side("bid", row), try side("ask", row))
    return bids == nil && asks == nil ? nil : Depth(bids: bids, asks: asks)
  }

  private func side(_ name: String, _ row: Row) throws -> DepthSide? {
    guard let toldAt = try row.instantIfAny("\(name)_told_at") else { return nil }
    let prices: [Money] = try row["\(name)_prices"]
    let quantities: [Quantity] = try row["\(name)_quantities"]
    let orders: [Int64?] = try row["\(name)_orders"]
    return DepthSide(
      levels: zip(zip(prices, quantities), orders).map { level, orders in
        DepthLevel(price: level.0, quantity: level.1, orders: orders)
      }, toldAt: toldAt, levelsToldAt: try row.instantIfAny("\(name)_levels_told_at"))
  }
}

/// Rows of several lengths cannot travel as one array of arrays, so each is an array's text.
private struct DepthRow {
  let key: InstrumentKey
  let side: Side
  let told: DepthSide

  func column(_ read: (DepthLevel) -> some CustomStringConvertible) -> String {
    "{" + told.levels.map { "\(read($0))" }.joined(separator: ",") + "}"
  }
}
