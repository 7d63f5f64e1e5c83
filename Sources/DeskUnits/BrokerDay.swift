import Desk
import DeskStore
import JobStore
import TradingTime

/// One book of an account: as it was read, or why it could not be.
enum FetchedBook<Row: Hashable & Sendable>: Sendable {
  case read(KeptAnswer<[Row]>)
  case missing(BrokerError)

  var rows: [Row]? {
    if case .read(let answer) = self { answer.value } else { nil }
  }

  var failure: BrokerError? {
    if case .missing(let error) = self { error } else { nil }
  }

  var forComparison: BookAnswer<Row> {
    switch self {
    case .read(let answer): .rows(answer.value, receivedAt: answer.receivedAt)
    case .missing(let error): .missing(reason: error.description)
    }
  }
}

/// The books of one account as the broker showed them within one attempt, in the order in which
/// they depend on each other: orders first, so that no position is newer than the orders that made
/// it.
struct BrokerDay: Sendable {
  let takenAt: Instant
  let orders: FetchedBook<BrokerOrder>
  let positions: FetchedBook<BrokerPosition>
  let holdings: FetchedBook<BrokerHolding>
  let funds: FetchedBook<BrokerFunds>

  var forComparison: BrokerBooks {
    BrokerBooks(
      orders: orders.forComparison, positions: positions.forComparison,
      holdings: holdings.forComparison, funds: funds.forComparison)
  }

  /// By name, in the order in which they were asked for.
  var failures: [(book: String, error: BrokerError)] {
    [
      ("orders", orders.failure), ("positions", positions.failure),
      ("holdings", holdings.failure), ("funds", funds.failure),
    ].compactMap { book, error in error.map { (book, $0) } }
  }

  var isWithoutAnyBook: Bool { failures.count == 4 }

  /// Which answers turned out to hold how many rows, for the vault.
  var counted: [(id: Int64, rows: Int)] {
    func counted<Row>(_ book: FetchedBook<Row>) -> (id: Int64, rows: Int)? {
      if case .read(let answer) = book { (answer.id, answer.rows) } else { nil }
    }
    return [counted(orders), counted(positions), counted(holdings), counted(funds)]
      .compactMap { $0 }
  }
}

/// Reads books one after the other. A book that is refused or does not read says nothing about the
/// next one; a broker that does not answer at all is not asked further.
struct BookReader {
  /// The ledger that shares and contracts share.
  static let fundsExchange = "NC"

  let tools: DeskTools
  let account: Account
  let attempt: Attempt
  private var outage: BrokerError?

  init(tools: DeskTools, account: Account, attempt: Attempt) {
    self.tools = tools
    self.account = account
    self.attempt = attempt
  }

  /// - Throws: `UnitFailure` if the account is not signed in: then no book can be had.
  mutating func readDay() async throws -> BrokerDay {
    let broker = tools.broker
    let takenAt = tools.now()
    return BrokerDay(
      takenAt: takenAt,
      orders: try await read(.orders, broker.orders),
      positions: try await read(.positions, broker.positions),
      holdings: try await read(.holdings, broker.holdings),
      funds: try await read(.funds(exchange: Self.fundsExchange)) { answer in
        try broker.funds(in: answer).map { [$0] } ?? []
      })
  }

  mutating func read<Row: Hashable & Sendable>(
    _ book: Book, _ rows: (RawAnswer) throws -> [Row]
  ) async throws -> FetchedBook<Row> {
    if let outage { return .missing(outage) }
    do {
      let answer = try await tools.ask(book, for: account, attempt, reading: rows)
      attempt.say("\(book.word): \(count(answer.rows, "row"))")
      return .read(answer)
    } catch let error as BrokerError {
      if case .notSignedIn = error { throw UnitFailure(error) }
      attempt.say("\(book.word): \(error)")
      switch error {
      case .unavailable, .timedOut: outage = error
      case .notSignedIn, .refused, .unreadable, .incomplete: break
      }
      return .missing(error)
    }
  }
}
