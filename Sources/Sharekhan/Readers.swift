package import Desk

/// What the answers say: pure functions of the stored bytes, so that a corrected reader can be run
/// again over any day in the vault.
extension SharekhanClient {
  package func positions(in answer: RawAnswer) throws -> [BrokerPosition] {
    try rows(answer).map(BrokerPosition.init)
  }

  package func holdings(in answer: RawAnswer) throws -> [BrokerHolding] {
    try rows(answer).map(BrokerHolding.init)
  }

  package func funds(in answer: RawAnswer) throws -> BrokerFunds? {
    guard case .funds(let exchange) = answer.book else { throw mismatch(answer, "funds") }
    let rows = try rows(answer)
    guard rows.count <= 1 else { throw rows[1].unreadable("row", "a second statement") }
    return try rows.first.map { try BrokerFunds($0, exchange: exchange) }
  }

  package func orders(in answer: RawAnswer) throws -> [BrokerOrder] {
    try rows(answer).map(BrokerOrder.init)
  }

  package func trades(in answer: RawAnswer) throws -> [BrokerTrade] {
    guard case .trades(let exchange, _) = answer.book else { throw mismatch(answer, "trades") }
    return try rows(answer).map { try BrokerTrade($0, exchange: exchange) }
  }

  package func instruments(in answer: RawAnswer) throws -> [Instrument] {
    guard case .master(let exchange) = answer.book else { throw mismatch(answer, "master") }
    // Row by row: the tree of a whole list would be many times as large as the list.
    var instruments: [Instrument] = []
    try Answer.eachRow(of: answer) { instruments.append(try Instrument($0, exchange: exchange)) }
    if exchange == "NC" || exchange == "BC" { instruments.readTicksInRupees() }
    return instruments
  }

  package func candles(in answer: RawAnswer) throws -> [Candle] {
    try Answer.rows(of: answer).compactMap(Candle.init)
  }

  /// Rows of an account, each checked to be of the customer who was asked for: another person's
  /// book must never be taken for this one's.
  func rows(_ answer: RawAnswer) throws -> [Row] {
    let rows = try Answer.rows(of: answer)
    let asked = answer.request.split(separator: "/")
    for row in rows {
      guard let customer = row.text("customerId") else { continue }
      guard asked.contains(Substring(customer)) else {
        throw row.unreadable("customerId", "\(customer), which was not asked for")
      }
    }
    return rows
  }

  private func mismatch(_ answer: RawAnswer, _ wanted: String) -> BrokerError {
    .unreadable(book: answer.book, row: nil, field: "book", text: "not \(wanted)")
  }
}
