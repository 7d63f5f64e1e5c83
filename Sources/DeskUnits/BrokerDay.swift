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

/// Asks for books one after the other. A book that is refused or does not read says nothing about
/// the next one; a broker that does not answer at all is not asked further.
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

  /// The answers are kept together, in one transaction, before the first of them is read.
  ///
  /// - Throws: `UnitFailure` if the account is not signed in: then no book can be had.
  mutating func readDay() async throws -> BrokerDay {
    let takenAt = tools.now()
    let books = [.orders, .positions, .holdings, Book.funds(exchange: Self.fundsExchange)]
    var fetched: [FetchedAnswer] = []
    do {
      for book in books { fetched.append(try await fetch(book)) }
    } catch {
      await keepInAnyCase(fetched)
      throw error
    }
    try await keep(&fetched)
    let broker = tools.broker
    return BrokerDay(
      takenAt: takenAt, orders: try read(fetched[0], broker.orders),
      positions: try read(fetched[1], broker.positions),
      holdings: try read(fetched[2], broker.holdings),
      funds: try read(fetched[3]) { try broker.funds(in: $0).map { [$0] } ?? [] })
  }

  mutating func read<Row: Hashable & Sendable>(
    _ book: Book, _ rows: (RawAnswer) throws -> [Row]
  ) async throws -> FetchedBook<Row> {
    var fetched = [try await fetch(book)]
    try await keep(&fetched)
    return try read(fetched[0], rows)
  }

  // MARK: One step each

  private struct FetchedAnswer {
    let book: Book
    let answer: Result<RawAnswer, BrokerError>
    /// Its number in the vault, once it lies there.
    var id: Int64?
  }

  private mutating func fetch(_ book: Book) async throws -> FetchedAnswer {
    if let outage { return FetchedAnswer(book: book, answer: .failure(outage)) }
    do {
      let answer = try await tools.fetch(book, for: account, attempt)
      return FetchedAnswer(book: book, answer: .success(answer))
    } catch let error as BrokerError {
      if case .notSignedIn = error { throw UnitFailure(error) }
      attempt.say("\(book.word): \(error)")
      switch error {
      case .unavailable, .timedOut: outage = error
      case .notSignedIn, .refused, .unreadable, .incomplete: break
      }
      return FetchedAnswer(book: book, answer: .failure(error))
    }
  }

  private func keep(_ fetched: inout [FetchedAnswer]) async throws {
    var ids = try await tools.keep(fetched.compactMap { try? $0.answer.get() }, attempt)[...]
    for place in fetched.indices where (try? fetched[place].answer.get()) != nil {
      fetched[place].id = ids.popFirst()
    }
  }

  /// What an attempt has heard before it fails is kept too, in a task of its own, because its own
  /// may have been stopped.
  private func keepInAnyCase(_ fetched: [FetchedAnswer]) async {
    let answers = fetched.compactMap { try? $0.answer.get() }
    let keeping = Task { [tools, attempt] in try await tools.keep(answers, attempt.overtime) }
    do {
      _ = try await keeping.value
    } catch {
      attempt.say("vault: \(answers.count) answers were not kept: \(error)")
    }
  }

  private func read<Row: Hashable & Sendable>(
    _ fetched: FetchedAnswer, _ rows: (RawAnswer) throws -> [Row]
  ) throws -> FetchedBook<Row> {
    let book = fetched.book
    do {
      let answer = try fetched.answer.get()
      guard let id = fetched.id else { throw UnitFailure("\(book.word): not kept, so not read") }
      let rows = try rows(answer)
      attempt.say("\(book.word): \(count(rows.count, "row"))")
      return .read(
        KeptAnswer(value: rows, receivedAt: answer.receivedAt, id: id, rows: rows.count))
    } catch let error as BrokerError {
      // That it did not come at all was said when it did not.
      if case .success = fetched.answer { attempt.say("\(book.word): \(error)") }
      if case .notSignedIn = error { throw UnitFailure(error) }
      return .missing(error)
    }
  }
}
