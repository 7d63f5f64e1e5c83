/// What an order asks for: who, what, which way, how much, at what price.
struct Ticket: Sendable, Equatable {
  let account: Int
  let listing: Listing
  let venue: Venue
  let side: Side
  /// `B`, `S`, `BM`, `SM`, `SAM`: the side as the client spelled it, echoed nowhere.
  let product: Product
  var validity: Validity
  let isAfterHours: Bool
  let channel: Origin
  let channelUser: String
  var quantity: Int
  var disclosed: Int
  /// Nil asks for the market's price.
  var limit: Paise?
  /// Until the market reaches it the order sleeps.
  var trigger: Paise?

  /// Moves shares; anything else only moves a position.
  var isDelivery: Bool { product == .investment && listing.contract == nil }
}

enum Side: String, Sendable {
  case buy = "B"
  case sell = "S"

  /// The broker's five spellings, margin flavours included.
  init?(transactionType: String) {
    switch transactionType {
    case "B", "BM": self = .buy
    case "S", "SM", "SAM": self = .sell
    default: return nil
    }
  }

  var sign: Int { self == .buy ? 1 : -1 }
}

enum Product: String, Sendable {
  case investment = "INVESTMENT"
  case bigTrade = "BIGTRADE"

  init?(word: String) {
    switch word {
    case "INVESTMENT", "INV": self = .investment
    case "BIGTRADE", "BT": self = .bigTrade
    default: return nil
    }
  }
}

enum Validity: String, Sendable {
  case day = "GFD"
  case immediate = "IOC"
  /// Good till a date. This market forgets it at the close all the same, as cash markets do.
  case tillDate = "MyGTD"
}

/// From where an order came. Ours say `SKAPI`; what the simulated person did in the broker's own
/// terminal says otherwise, so that a client looking for its lost order does not adopt it.
enum Origin: String, Sendable {
  case api = "SKAPI"
  case terminal = "PWR_TRD"
}
