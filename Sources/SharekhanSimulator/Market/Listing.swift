/// A share as both exchanges list it, or a contract on one.
struct Listing: Sendable, Hashable {
  let symbol: String
  let company: String
  var nseCode: Int
  let bseCode: Int
  let isin: String
  let industry: String
  /// Around which the simulated price wanders when no real one was given.
  let basePrice: Paise
  /// An index is quoted and cannot be traded.
  var isIndex = false
  var contract: Contract?

  /// The smallest step of its price. The exchange sets it by price band, once for a month.
  var tick: Int64 {
    if let contract { return contract.option == nil ? 10 : 5 }
    if isIndex { return 5 }
    return switch basePrice.count {
    case ..<250_00: 1
    case ..<1000_00: 5
    case ..<5000_00: 10
    case ..<10000_00: 50
    default: 100
    }
  }

  /// The most that one order may ask for; the exchange itself turns more away. About a crore's
  /// worth, in hundreds.
  var freezeQuantity: Int {
    if let contract { return contract.isOnIndex ? 1_755 : contract.lot * 40 }
    return max(100, Int(1_00_00_000_00 / basePrice.count) / 100 * 100)
  }

  func code(at venue: Venue) -> Int {
    venue == .bse ? bseCode : nseCode
  }
}

/// Where shares and contracts trade, under the broker's exchange codes.
enum Venue: String, Sendable, Hashable, CaseIterable {
  case nse = "NC"
  case bse = "BC"
  case derivatives = "NF"
}
