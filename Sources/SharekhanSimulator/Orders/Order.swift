import TradingTime

/// One order's whole life so far, as steps in the order of time. What the books show at an instant
/// follows from the steps up to it, so every book of that instant agrees with every other.
struct Order: Sendable {
  let id: Int64
  /// Never empty: the first step is the entry.
  private(set) var steps: [OrderStep]

  init(id: Int64, ticket: Ticket, enteredAt: Instant) {
    self.id = id
    steps = [
      OrderStep(at: enteredAt, change: .entered, ticket: ticket, filled: 0, value: Paise(0))
    ]
  }

  var entry: OrderStep { steps[0] }
  var latest: OrderStep { steps[steps.count - 1] }
  var account: Int { entry.ticket.account }

  func steps(through instant: Instant) -> ArraySlice<OrderStep> {
    steps.prefix { $0.at <= instant }
  }

  func latest(at instant: Instant) -> OrderStep? {
    steps(through: instant).last
  }

  func fills(through instant: Instant) -> [Fill] {
    steps(through: instant).compactMap { step in
      guard case .filled(let number, let quantity, let price) = step.change else { return nil }
      return Fill(
        order: id, number: number, ticket: step.ticket, quantity: quantity, price: price,
        at: step.at)
    }
  }

  /// The exchange has it and it waits for its price.
  mutating func accept() {
    append(.accepted, at: entry.at + Order.acceptedAfter)
    append(.confirmed, at: entry.at + Order.confirmedAfter)
  }

  /// The broker took it, and the exchange did not: the client learns of it from book and socket.
  mutating func refuse(_ reason: String) {
    append(.accepted, at: entry.at + Order.acceptedAfter)
    append(.rejected(reason), at: entry.at + Order.confirmedAfter)
  }

  mutating func append(_ change: OrderStep.Change, at instant: Instant) {
    append(change, ticket: latest.ticket, at: instant)
  }

  mutating func append(_ change: OrderStep.Change, ticket: Ticket, at instant: Instant) {
    var filled = latest.filled
    var value = latest.value
    if case .filled(_, let quantity, let price) = change {
      filled += quantity
      value = value + Paise(price.count * Int64(quantity))
    }
    steps.append(
      OrderStep(at: instant, change: change, ticket: ticket, filled: filled, value: value))
  }

  /// Forgets what was foreseen after `instant`: the order is about to take another way. The exchange's
  /// answer to its entry comes before any change, so it is brought forward instead.
  mutating func forget(after instant: Instant) {
    steps =
      steps.prefix(3).map { $0.brought(forwardTo: instant) }
      + steps.dropFirst(3).prefix { $0.at <= instant }
  }

  static let acceptedAfter: Duration = .milliseconds(50)
  static let confirmedAfter: Duration = .milliseconds(200)
}

/// A trade: one order met one price.
struct Fill: Sendable, Equatable {
  let order: Int64
  let number: Int
  let ticket: Ticket
  let quantity: Int
  let price: Paise
  let at: Instant

  var signedQuantity: Int { quantity * ticket.side.sign }
  var value: Paise { Paise(price.count * Int64(quantity)) }
  var tradeID: Int64 { order * 10 + Int64(number) }
}
