import Desk
import Reports
import TradingTime

/// A Friday of a desk with two accounts: one clean, one with a break, a price missing and a job
/// that failed. All figures come from the same rules as in production.
enum Sample {
  static let session = date("2026-11-20")
  static let reliance = InstrumentKey(exchange: "NC", scripCode: 2885)

  static func money(_ text: String) -> Money {
    guard let money = Money(text) else { fatalError("not an amount in a sample: \(text)") }
    return money
  }

  static func date(_ text: String) -> CivilDate {
    guard let date = CivilDate(text) else { fatalError("not a date in a sample: \(text)") }
    return date
  }

  /// A time of the session in India.
  static func at(_ hour: Int, _ minute: Int, _ second: Int = 0) -> Instant {
    let day = Int64(session.daysSinceEpoch) * 86_400
    return Instant(
      microseconds: (day + Int64(hour * 3600 + minute * 60 + second) - 19_800) * 1_000_000)
  }

  static func input(history: Int = 34) -> ReportInput {
    ReportInput(
      session: session, mode: .paper, zone: .india,
      accounts: [asha(history), ravi(history)], jobs: JobsSection(jobs: jobs),
      next: NextSession(
        date: date("2026-11-23"),
        facts: [
          "NSE cash: pre-open 09:00, continuous 09:15 to 15:30, closing auction to 15:35",
          "NIFTY monthly contracts expire on Monday, moved from Tuesday 24 November (holiday)",
          "Tuesday 24 November: exchange holiday",
        ]))
  }

  private static func sheet(
    _ key: InstrumentKey, _ symbol: String, kind: InstrumentKind = .equity, lot: Quantity = 1,
    opening: Quantity = 0, cost: String = "0", fills: [(Quantity, String)], last: String?,
    close: String, booked: String? = nil, brokerQuantity: Quantity? = nil
  ) -> InstrumentDay {
    func fill(_ number: Int, _ quantity: Quantity, _ price: String) -> Fill {
      Fill(
        accountID: "asha", key: key, orderID: "\(number)", tradeID: "\(number)",
        quantity: quantity, price: money(price), tradedOn: session,
        tradedAt: Instant(microseconds: Int64(number)))
    }
    let today = fills.enumerated().map { fill($0.offset + 1, $0.element.0, $0.element.1) }
    let net = fills.reduce(opening) { $0 + $1.0 }
    let price = last.flatMap {
      Price(
        key: key, last: money($0), previousClose: money(close), at: at(15, 34, 50), source: "feed")
    }
    return InstrumentDay(
      InstrumentFacts(
        key: key, symbol: symbol, kind: kind, lotSize: lot, opening: opening,
        earlier: opening == 0 ? [] : [fill(0, opening, cost)], today: today, price: price,
        broker: BrokerPosition(
          key: key, symbol: symbol, product: "INV", netQuantity: brokerQuantity ?? net,
          bookedProfit: booked.map(money))),
      on: session, plan: .published)
  }

  private static func key(_ code: Int64, _ exchange: String = "NC") -> InstrumentKey {
    InstrumentKey(exchange: exchange, scripCode: code)
  }

  private static func asha(_ history: Int) -> DayRecord {
    let sheets = [
      sheet(
        key(4963), "ICICIBANK", opening: 300, cost: "1288.40", fills: [(-300, "1321.15")],
        last: "1319.60", close: "1304.20", booked: "9825"),
      sheet(
        key(1594), "INFY", fills: [(200, "1519.30"), (-200, "1511.20")], last: "1510.05",
        close: "1522.00", booked: "-1645.50"),
      sheet(
        key(59004, "NF"), "NIFTY 24NOV 26000 PE", kind: .option, lot: 65, opening: -130,
        cost: "120.00", fills: [(65, "96.20")], last: "95.50", close: "110.00", booked: "1547"),
      sheet(
        reliance, "RELIANCE", opening: 100, cost: "1420.00",
        fills: [(50, "1441.50"), (-80, "1452.00"), (40, "1448.25")], last: "1455.80",
        close: "1435.00", booked: "600.00"),
      sheet(
        key(3456), "TATAMOTORS", fills: [(400, "702.35"), (-400, "698.10")], last: "697.40",
        close: "705.00", booked: "-1700"),
    ]
    return record(
      Account(id: "asha", customerID: "1000001", name: "Asha Menon", mode: .paper), sheets,
      capital: 2_500_000, cash: "1184230.55", history: history, seed: 3, breaks: [])
  }

  private static func ravi(_ history: Int) -> DayRecord {
    let sheets = [
      sheet(
        key(1333), "HDFCBANK", opening: 250, cost: "1640.00", fills: [(150, "1702.80")],
        last: "1711.25", close: "1698.40", booked: "0", brokerQuantity: 390),
      sheet(
        key(35001, "NF"), "NIFTY NOV FUT", kind: .future, lot: 65, opening: 65, cost: "25010.00",
        fills: [], last: "25044.00", close: "24980.00", booked: "0"),
      sheet(
        key(11915), "YESBANK", opening: 5000, cost: "22.10", fills: [], last: nil, close: "21.90"),
    ]
    let found = OpenBreak(
      identity: DiscrepancyIdentity(accountID: "ravi", layer: .positions, key: "NC:1333"),
      type: .quantity, severity: .critical, symbol: "HDFCBANK", ours: "400", theirs: "390",
      difference: "-10 units", moneyAtRisk: money("17112.50"), firstSeenOn: date("2026-11-19"),
      lastSeenOn: session, ageInSessions: 1)
    let moved = OpenBreak(
      identity: DiscrepancyIdentity(accountID: "ravi", layer: .orders, key: "NC/136757437"),
      type: .timing, severity: .info, symbol: "HDFCBANK", ours: "buy 50 at 1690, pending",
      theirs: "buy 50 at 1690, cancelled", difference: "it moved on to cancelled since we looked",
      moneyAtRisk: nil, firstSeenOn: session, lastSeenOn: session, ageInSessions: 0)
    return record(
      Account(id: "ravi", customerID: "1000002", name: "Ravi Iyer", mode: .paper), sheets,
      capital: 4_000_000, cash: "2310877.00", history: history, seed: 11, breaks: [found, moved])
  }

  private static func record(
    _ account: Account, _ sheets: [InstrumentDay], capital: Int64, cash: String, history: Int,
    seed: Int64, breaks: [OpenBreak]
  ) -> DayRecord {
    var equity = Money(rupees: capital)
    var days: [AnalyticsDay] = []
    for number in stride(from: history - 1, through: 1, by: -1) {
      let day = session.adding(days: -number * 7 / 5)
      let swing = (seed * 7919 + Int64(number) * 104_729) % 31_013 - 14_200
      let net = Money(paise: swing * 83)
      equity += net
      days.append(figures(account.id, day, sheets: [], net: net, cash: cash, equity: equity))
    }
    let net = sheets.compactMap(\.net).total()
    equity += net
    let today = figures(account.id, session, sheets: sheets, net: net, cash: cash, equity: equity)
    return DayRecord(
      account: account, figures: today, instruments: sheets,
      funds: [
        BrokerFunds(
          exchange: "NC", cash: money(cash), figures: ["currentCashBalance": money(cash)])
      ], fundsAt: at(16, 20, 1), positionsAt: at(16, 20, 1), reconciledAt: at(16, 20, 4),
      breaks: breaks, notes: [], history: days + [today])
  }

  private static func figures(
    _ account: String, _ day: CivilDate, sheets: [InstrumentDay], net: Money, cash: String,
    equity: Money
  ) -> AnalyticsDay {
    var exposure = Exposure()
    for sheet in sheets { exposure.add(sheet.closing, at: sheet.mark) }
    return AnalyticsDay(
      accountID: account, session: day, instruments: sheets.count,
      openPositions: sheets.count { $0.closing != 0 }, incomplete: sheets.count { $0.net == nil },
      fills: sheets.count * 2, orders: sheets.count * 2 + 1, rejectedOrders: 1,
      realised: sheets.compactMap(\.realised).total(),
      unrealised: sheets.compactMap(\.unrealised).total(),
      gross: sheets.compactMap(\.gross).total(), charges: sheets.compactMap(\.charges).total(),
      net: net, brokerBooked: sheets.compactMap(\.brokerBooked).total(), brokerUnrealised: nil,
      turnover: sheets.map(\.turnover).total(), longExposure: exposure.long,
      shortExposure: exposure.short, wins: 1, losses: 1, grossProfit: .zero, grossLoss: .zero,
      cash: money(cash), equity: equity)
  }

  private static var jobs: [JobDay] {
    let sync = (0..<760).map { number -> JobDay.Mark in
      let time = at(9, 0) + .seconds(number * 31)
      let stalled = (300..<309).contains(number)
      let slow = number == 410 || number == 411
      return JobDay.Mark(
        at: time, ending: stalled ? .failed : slow ? .late : .onTime,
        lateness: .milliseconds(stalled ? 0 : slow ? 7_400 : 20 + number % 90))
    }
    let ticks = (0..<360).map { number in
      JobDay.Mark(
        at: at(9, 16, 2) + .seconds(number * 60), ending: number == 158 ? .skipped : .onTime,
        lateness: .milliseconds(12 + number % 40))
    }
    return [
      JobDay(
        name: "sync-positions", marks: sync,
        troubles: [
          JobDay.Trouble(
            at: at(11, 35), item: "ravi", ending: .failed,
            reason: "the broker did not answer GET /trades within 7.0 seconds (9 runs to 11:39)"),
          JobDay.Trouble(
            at: at(12, 31, 50), item: "asha", ending: .late,
            reason: "waited for lock account/asha"),
        ]),
      JobDay(
        name: "strategy-tick", marks: ticks,
        troubles: [
          JobDay.Trouble(
            at: at(11, 54, 2), item: "ravi", ending: .skipped,
            reason: "gate closed: positions are 3m old, needed 60s")
        ]),
      JobDay(
        name: "update-prices",
        marks: (0..<1500).map {
          JobDay.Mark(
            at: at(9, 0) + .seconds($0 * 15), ending: .onTime,
            lateness: .milliseconds(8 + $0 % 30))
        }),
      JobDay(
        name: "reconcile",
        marks: [
          JobDay.Mark(at: at(16, 20), ending: .onTime, lateness: .milliseconds(180)),
          JobDay.Mark(at: at(16, 20), ending: .onTime, lateness: .milliseconds(210)),
        ]),
      JobDay(
        name: "analytics-rollup",
        marks: [JobDay.Mark(at: at(16, 21), ending: .onTime, lateness: .milliseconds(95))]),
    ]
  }
}
