import TradingTime

/// The broker and its market as a value: what the scripted customers do, and what clients ordered.
/// It has no clock; every question names its instant. Two exchanges with the same seed that were
/// sent the same orders at the same instants answer every question alike.
struct Exchange: Sendable {
  let market: Market
  let accounts: Accounts
  private var clientOrders: [Int: [ClientOrder]] = [:]
  private var nextID: Int64 = 500_000_001
  /// The days on which an account's intraday business was ended.
  var squaredOff: [Int: Set<Int>] = [:]
  /// The scripted orders of the day last asked about, by account: a cache, never the truth.
  private var scripted: [Int: (day: Int, orders: [Order])] = [:]

  init(accounts: Int, seed: UInt64, recorded: RecordedPrices = .none) {
    self.accounts = Accounts(count: accounts)
    market = Market(seed: seed, recorded: recorded)
  }

  var clientOrderCount: Int { Int(nextID - 500_000_001) }

  /// Lets every open order of `account` meet the prices up to `now`. Orders wait for no one: asking
  /// later gives what asking every second would have given.
  mutating func advance(_ account: Int, through now: Instant) {
    let day = MarketTime(now).day
    if scripted[account]?.day != day {
      scripted[account] = (day, habits(account).orders(on: day))
    }
    for day in daysToSquareOff(account, through: now) {
      match(account, through: Exchange.squareOff(on: day))
      squareOff(account, on: day)
    }
    match(account, through: now)
  }

  private mutating func match(_ account: Int, through now: Instant) {
    guard let count = clientOrders[account]?.count else { return }
    let matching = Matching(market: market)
    for index in 0..<count {
      guard var order = clientOrders[account]?[index] else { continue }
      matching.advance(&order, through: now)
      clientOrders[account]?[index] = order
    }
  }

  /// The day's orders entered by `now`, oldest first.
  func orders(of account: Int, at now: Instant) -> [Order] {
    let day = MarketTime(now).day
    let cached = scripted[account].flatMap { $0.day == day ? $0.orders : nil }
    let scripted = cached ?? habits(account).orders(on: day)
    let clients = (clientOrders[account] ?? []).filter { $0.shows(on: day) }.map(\.order)
    return (scripted + clients).filter { $0.entry.at <= now }
      .sorted { ($0.entry.at, $0.id) < ($1.entry.at, $1.id) }
  }

  func order(_ id: Int64, of account: Int, at now: Instant) -> Order? {
    orders(of: account, at: now).first { $0.id == id }
  }

  /// The day's trades up to `now`, in the order of time.
  func fills(of account: Int, at now: Instant) -> [Fill] {
    let day = MarketTime(now).day
    return orders(of: account, at: now).flatMap { $0.fills(through: now) }
      .filter { MarketTime($0.at).day == day }
      .sorted { ($0.at, $0.tradeID) < ($1.at, $1.tradeID) }
  }

  func positions(of account: Int, at now: Instant) -> [Position] {
    Position.netted(fills(of: account, at: now), onto: carried(of: account, at: now))
  }

  /// What is left of contracts that were opened on earlier days and have not ended since.
  private func carried(of account: Int, at now: Instant) -> [Position] {
    let day = MarketTime(now).day
    let earlier = (clientOrders[account] ?? []).filter { order in
      guard let contract = order.ticket.listing.contract else { return false }
      return order.day < day && contract.expiry >= day && order.ticket.product == .investment
    }.flatMap { $0.order.fills(through: MarketTime(day: day, second: 0).instant) }
    return Position.netted(earlier).compactMap(\.rest)
  }

  func habits(_ account: Int) -> Habits {
    Habits(market: market, account: account)
  }

  // MARK: - Orders of clients

  func clientOrders(of account: Int) -> [ClientOrder] { clientOrders[account] ?? [] }

  func clientOrder(_ id: Int64, of account: Int) -> ClientOrder? {
    clientOrders[account]?.first { $0.order.id == id }
  }

  mutating func append(_ order: ClientOrder, of account: Int) {
    clientOrders[account, default: []].append(order)
  }

  mutating func enter(_ ticket: Ticket, at now: Instant) -> Int64 {
    let id = nextID
    nextID += 1
    var order = Order(id: id, ticket: ticket, enteredAt: now)
    if ticket.quantity > ticket.listing.freezeQuantity {
      order.refuse(Exchange.aboveFreeze(ticket.listing))
    } else {
      order.accept()
    }
    append(ClientOrder(order, day: workingDay(for: now)), of: ticket.account)
    return id
  }

  static func aboveFreeze(_ listing: Listing) -> String {
    "Quantity exceeds the freeze quantity \(listing.freezeQuantity)"
  }

  mutating func replace(_ order: ClientOrder) {
    let account = order.order.account
    guard let index = clientOrders[account]?.firstIndex(where: { $0.order.id == order.order.id })
    else { return }
    clientOrders[account]?[index] = order
  }

  /// Delivery trades of clients settled before `day`, which the scripted holdings cannot know.
  func clientDeliveries(of account: Int, before day: Int) -> [Fill] {
    (clientOrders[account] ?? []).filter { $0.day < day && $0.ticket.isDelivery }
      .flatMap { $0.order.fills(through: MarketTime(day: day, second: 0).instant) }
  }

  /// Today while the session lasts or is still to come, else the next one.
  func workingDay(for now: Instant) -> Int {
    let moment = MarketTime(now)
    let isToday = market.days.isSession(moment.day) && moment.second < SessionDays.close
    return isToday ? moment.day : market.days.next(after: moment.day)
  }
}

extension ClientOrder {
  /// The day book shows an order on the day it was entered and on the day it works.
  fileprivate func shows(on today: Int) -> Bool {
    today == day || today == MarketTime(order.entry.at).day
  }
}
