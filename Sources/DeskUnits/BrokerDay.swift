import Desk
import DeskStore
import JobStore
import TradingTime

/// One book of an account: as it was read, or why it was not.
enum FetchedBook<Row: Hashable & Sendable>: Sendable {
  case read(KeptAnswer<[Row]>, BookMemory.KnownBook)
  /// It says what the account's last sync read and applied.
  case unchanged(BookMemory.KnownBook)
  case missing(BrokerError)

  /// Nil unless it was read.
  var rows: [Row]? {
    if case .read(let answer, _) = self { answer.value } else { nil }
  }

  var known: BookMemory.KnownBook? {
    switch self {
    case .read(_, let known), .unchanged(let known): known
    case .missing: nil
    }
  }

  var isUnchanged: Bool {
    if case .unchanged = self { true } else { false }
  }

  /// The answer's number in the vault and how many rows it turned out to hold.
  var counted: (id: Int64, rows: Int)? {
    if case .read(let answer, _) = self { (answer.id, answer.rows) } else { nil }
  }

  var failure: BrokerError? {
    if case .missing(let error) = self { error } else { nil }
  }

  var forComparison: BookAnswer<Row> {
    switch self {
    case .read(let answer, _): .rows(answer.value, receivedAt: answer.receivedAt)
    case .unchanged: .missing(reason: "not read, as it is what the last sync read")
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
    [orders.counted, positions.counted, holdings.counted, funds.counted].compactMap { $0 }
  }

  /// What to remember of each book that is on record as the broker shows it. An empty book is judged
  /// anew each time: whether it can be true depends on what is on record by then.
  var known: [String: BookMemory.KnownBook] {
    [
      "orders": orders.known, "positions": positions.known, "holdings": holdings.known,
      "funds": funds.known,
    ].compactMapValues { $0 }.filter { $0.value.rows > 0 }
  }

  var unchanged: Set<String> {
    let books = [
      "orders": orders.isUnchanged, "positions": positions.isUnchanged,
      "holdings": holdings.isUnchanged, "funds": funds.isUnchanged,
    ]
    return Set(books.filter(\.value).keys)
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
  /// - Parameter last: what of a book need not be read; nil reads all.
  /// - Throws: `UnitFailure` if the account is not signed in: then no book can be had.
  mutating func readDay(knowing last: BookMemory.Applied? = nil) async throws -> BrokerDay {
    let takenAt = tools.now()
    let books = [.orders, .positions, .holdings, Book.funds(exchange: Self.fundsExchange)]
    let fetched = try await fetchAndKeep(books, last)
    let broker = tools.broker
    return BrokerDay(
      takenAt: takenAt, orders: try read(fetched[0], broker.orders),
      positions: try read(fetched[1], broker.positions),
      holdings: try read(fetched[2], broker.holdings),
      funds: try read(fetched[3]) { try broker.funds(in: $0).map { [$0] } ?? [] })
  }

  /// The first so many of the books, until no more than `reserve` is left of the attempt's time; kept
  /// together as well.
  mutating func read<Row: Hashable & Sendable>(
    _ books: [Book], leaving reserve: Duration, _ rows: (RawAnswer) throws -> [Row]
  ) async throws -> [FetchedBook<Row>] {
    let timely = books.lazy.prefix { [attempt] _ in attempt.remaining > reserve }
    return try await fetchAndKeep(timely).map { try read($0, rows) }
  }

  // MARK: One step each

  private struct FetchedAnswer {
    let book: Book
    let answer: Result<RawAnswer, BrokerError>
    var digest: [UInt8] = []
    /// That it says what is known.
    var known: BookMemory.KnownBook?
    /// Its number in the vault, once it lies there.
    var id: Int64?

    var kept: (answer: RawAnswer, rows: Int?)? {
      if case .success(let answer) = answer { (answer, known?.rows) } else { nil }
    }
  }

  private mutating func fetchAndKeep(
    _ books: some Sequence<Book>, _ last: BookMemory.Applied? = nil
  ) async throws -> [FetchedAnswer] {
    var fetched: [FetchedAnswer] = []
    do {
      for book in books { fetched.append(try await fetch(book, last)) }
    } catch {
      await keepInAnyCase(fetched)
      throw error
    }
    try await keep(&fetched)
    return fetched
  }

  private mutating func fetch(
    _ book: Book, _ last: BookMemory.Applied? = nil
  ) async throws -> FetchedAnswer {
    if let outage { return FetchedAnswer(book: book, answer: .failure(outage)) }
    do {
      let answer = try await tools.fetch(book, for: account, attempt)
      let digest = tools.broker.digest(of: answer)
      let known = last?.books[book.word].flatMap { $0.digest == digest ? $0 : nil }
      return FetchedAnswer(book: book, answer: .success(answer), digest: digest, known: known)
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
    var ids = try await tools.keep(fetched.compactMap(\.kept), attempt)[...]
    for place in fetched.indices where fetched[place].kept != nil {
      fetched[place].id = ids.popFirst()
    }
  }

  /// What an attempt has heard before it fails is kept too, in a task of its own, because its own
  /// may have been stopped.
  private func keepInAnyCase(_ fetched: [FetchedAnswer]) async {
    let answers = fetched.compactMap(\.kept)
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
      if let known = fetched.known {
        attempt.say("\(book.word): \(count(known.rows, "row")), as before")
        return .unchanged(known)
      }
      let rows = try rows(answer)
      attempt.say("\(book.word): \(count(rows.count, "row"))")
      return .read(
        KeptAnswer(value: rows, receivedAt: answer.receivedAt, id: id, rows: rows.count),
        BookMemory.KnownBook(digest: fetched.digest, rows: rows.count))
    } catch let error as BrokerError {
      // That it did not come at all was said when it did not.
      if case .success = fetched.answer { attempt.say("\(book.word): \(error)") }
      if case .notSignedIn = error { throw UnitFailure(error) }
      return .missing(error)
    }
  }
}
