import Desk

/// Where a book is read. `GET /trades` gives positions; the trades of an order have two spellings.
struct Route: Sendable, Equatable {
  var path: String
  /// Asked when the first path is not found.
  var otherPath: String?
  var needsToken = true
  var isLarge = false
  /// Else the answer is the same for everybody.
  var isOfAccount = true

  init(_ book: Book, customerID: String) throws {
    var other: [String]?
    let pieces: [String]
    switch book {
    case .orders: pieces = ["reports", customerID]
    case .positions: pieces = ["trades", customerID]
    case .holdings: pieces = ["holdings", customerID]
    case .funds(let exchange): pieces = ["limitstmt", exchange, customerID]
    case .history(let exchange, let orderID): pieces = ["reports", exchange, customerID, orderID]
    case .trades(let exchange, let orderID):
      let order = [exchange, customerID, orderID, "trades"]
      pieces = ["reports"] + order
      other = ["orders"] + order
    case .master(let exchange):
      pieces = ["master", exchange]
      needsToken = false
      isLarge = true
      isOfAccount = false
    case .masterTable(let exchange):
      pieces = ["master", "csv", exchange]
      isLarge = true
      isOfAccount = false
    case .candles(let exchange, let scripCode, let interval):
      pieces = ["historical", exchange, "\(scripCode)", interval]
      isOfAccount = false
    }
    if let odd = pieces.first(where: { $0.isEmpty || !$0.utf8.allSatisfy(isPlain) }) {
      throw BrokerError.refused(
        status: 400, message: "\"\(Shown.text(odd))\" cannot stand in a path; nothing was sent")
    }
    path = pieces.joined(separator: "/")
    otherPath = other?.joined(separator: "/")
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
