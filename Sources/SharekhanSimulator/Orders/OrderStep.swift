import TradingTime

/// One change of an order, with the order as it stood right after it.
///
///     entered ─► accepted ─► confirmed ─┬─► filled … ─► (full)
///        │                              ├─► modified ─► back to waiting
///        └─► rejected                   ├─► triggered ─► back to waiting
///                                       └─► cancelled, expired
struct OrderStep: Sendable {
  enum Change: Sendable, Equatable {
    case entered, accepted, confirmed, triggered, modified, cancelled, expired
    case filled(number: Int, quantity: Int, price: Paise)
    case rejected(String)
  }

  private(set) var at: Instant
  let change: Change
  let ticket: Ticket
  let filled: Int
  let value: Paise

  var open: Int { ticket.quantity - filled }

  var isFinal: Bool {
    switch change {
    case .cancelled, .expired, .rejected: true
    default: open == 0
    }
  }

  func brought(forwardTo instant: Instant) -> OrderStep {
    var step = self
    step.at = min(at, instant)
    return step
  }

  /// Mean price of what was filled, in hundredths of a paisa.
  var meanPrice: Int64 {
    filled == 0 ? 0 : (value.count * 100 + Int64(filled) / 2) / Int64(filled)
  }
}
