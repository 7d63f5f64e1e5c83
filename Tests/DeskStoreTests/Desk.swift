import Desk
import Postgres
import Support
import TradingTime

@testable import DeskStore

/// A database with schema `desk`, cloned for each test.
let deskTemplate = FreshDatabase.template(named: "desk") { connection in
  try await DeskMigrations.migrator.migrate(connection)
}

let reliance = InstrumentKey(exchange: "NC", scripCode: 2885)
let infosys = InstrumentKey(exchange: "NC", scripCode: 1594)
let nifty = InstrumentKey(exchange: "NF", scripCode: 59004)
let friday = day("2026-11-20")
let monday = day("2026-11-23")

func rupees(_ text: String) -> Money {
  guard let money = Money(text) else { fatalError("not an amount in a test: \(text)") }
  return money
}

func day(_ text: String) -> CivilDate {
  guard let date = CivilDate(text) else { fatalError("not a date in a test: \(text)") }
  return date
}

/// 10:00 in India on the first test session, and seconds from there.
func at(_ seconds: Int64, on session: CivilDate = friday) -> Instant {
  Instant(secondsSinceEpoch: Int64(session.daysSinceEpoch) * 86_400 + 4 * 3600 + 1800 + seconds)
}

/// One account on a paper database, with short ways to sync it.
struct DeskBench {
  let database: Connection
  let desk: DeskDatabase

  static func open() async throws -> DeskBench {
    let connection = try await TestDatabase.current.connection()
    let desk = try await DeskDatabase.open(.paper, on: connection)
    try await desk.add(
      Account(id: "asha", customerID: "1000001", name: "Asha", mode: .paper),
      capital: Money(rupees: 1_000_000), on: connection)
    return DeskBench(database: connection, desk: desk)
  }

  @discardableResult
  func sync(
    _ second: Int64, on session: CivilDate = friday, orders: [BrokerOrder]? = nil,
    trades: [String: [BrokerTrade]] = [:], positions: [BrokerPosition]? = nil,
    holdings: [BrokerHolding]? = nil, funds: [BrokerFunds]? = nil
  ) async throws -> AppliedSnapshot {
    try await database.transaction { transaction in
      try await desk.apply(
        AccountSnapshot(
          accountID: "asha", session: session, takenAt: at(second, on: session), orders: orders,
          trades: trades, positions: positions, holdings: holdings, funds: funds),
        on: transaction)
    }
  }

  /// Takes the lists of their exchanges over.
  @discardableResult
  func load(_ instruments: [Instrument], on session: CivilDate = friday) async throws
    -> [MasterLoad]
  {
    let lists = Dictionary(grouping: instruments, by: \.key.exchange).sorted { $0.key < $1.key }
    var loads: [MasterLoad] = []
    for (exchange, list) in lists {
      loads.append(
        try await database.transaction {
          try await desk.takeOver(list, exchange: exchange, session: session, on: $0)
        })
    }
    return loads
  }

  func letNiftyExpireOnFriday() async throws {
    try await database.execute(
      script: """
        insert into desk.instrument
          (mode, exchange, scrip_code, symbol, name, kind, lot_size, expires_on, loaded_on)
        values ('paper', '\(nifty.exchange)', \(nifty.scripCode), 'NIFTY', 'NIFTY', 'option', 65,
          '2026-11-20', '2026-11-20');
        """)
  }

  /// The answer of a query with one column, a line per row.
  func lines(_ sql: String) async throws -> [String] {
    try await database.query(sql).map { try $0.decode(0, as: String.self) }
  }
}

func order(
  _ id: String, side: Side = .buy, _ quantity: Quantity, executed: Quantity = 0,
  average: String? = nil, status: OrderStatus = .pending, key: InstrumentKey = reliance,
  symbol: String = "RELIANCE"
) -> BrokerOrder {
  BrokerOrder(
    key: key, symbol: symbol, product: "INV", orderID: id, side: side, quantity: quantity,
    executed: executed, price: rupees("1450"), averagePrice: average.map(rupees), status: status,
    statusText: status.word, updatedAt: at(Int64(id) ?? 0))
}

func position(
  _ key: InstrumentKey = reliance, bought: Quantity = 0, sold: Quantity = 0, net: Quantity,
  average: String? = nil, booked: String? = nil, symbol: String = "RELIANCE"
) -> BrokerPosition {
  BrokerPosition(
    key: key, symbol: symbol, product: "INV", buyQuantity: bought, sellQuantity: sold,
    netQuantity: net, averagePrice: average.map(rupees), bookedProfit: booked.map(rupees))
}

/// What the units do in round trips of their own choosing, one after the other.
extension DeskDatabase {
  func apply(
    _ snapshot: AccountSnapshot, on database: any Queryable
  ) async throws -> AppliedSnapshot {
    let facts = try await database.pipeline(asking(snapshot))
    let writing = try writing(snapshot, knowing: facts)
    return try writing.applied(try await database.pipeline(writing.statements))
  }

  func keep(
    _ answer: RawAnswer, session: CivilDate, on database: any Queryable
  ) async throws -> Int64 {
    try await database.run(keeping(answer, session: session), deadline: nil).one["id"]
  }
}
