import Desk

/// Where a book is read. `GET /trades` gives positions; the trades of an order have two spellings.
struct Route: Sendable, Equatable {
  var path: String
  /// Asked when the first path is not found.
  var otherPath: String?
  var needsToken = true
  var isLarge = false

  init(_ book: Book, customerID: String) throws {
    switch book {
    case .orders: path = "reports/\(customerID)"
    case .positions: path = "trades/\(customerID)"
    case .holdings: path = "holdings/\(customerID)"
    case .funds(let exchange): path = "limitstmt/\(exchange)/\(customerID)"
    case .trades(let exchange, let orderID):
      path = "reports/\(exchange)/\(customerID)/\(orderID)/trades"
      otherPath = "orders/\(exchange)/\(customerID)/\(orderID)/trades"
    case .master(let exchange):
      path = "master/\(exchange)"
      needsToken = false
      isLarge = true
    case .candles(let exchange, let scripCode, let interval):
      path = "historical/\(exchange)/\(scripCode)/\(interval)"
    }
    for piece in path.split(separator: "/", omittingEmptySubsequences: false)
    where piece.isEmpty || !piece.utf8.allSatisfy(isPlain) {
      throw BrokerError.refused(
        status: 400,
        message: "\(Shown.text(String(piece))) cannot stand in a path; nothing was sent")
    }
  }
}

private func isPlain(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "a")...UInt8(ascii: "z"):
    true
  default: false
  }
}
