package import TradingTime

/// What can be asked of a broker. The broker serves only today's books.
package enum Book: Hashable, Sendable {
  case orders, positions, holdings
  case funds(exchange: String)
  /// One order's states, oldest first.
  case history(exchange: String, orderID: String)
  case trades(exchange: String, orderID: String)
  case master(exchange: String)
  /// The same as a table of text, whose columns nobody has seen: it is kept and not read.
  case masterTable(exchange: String)
  case candles(exchange: String, scripCode: Int64, interval: String)

  /// The word kept in the vault.
  package var word: String {
    switch self {
    case .orders: "orders"
    case .positions: "positions"
    case .holdings: "holdings"
    case .funds: "funds"
    case .history: "history"
    case .trades: "trades"
    case .master: "master"
    case .masterTable: "master-table"
    case .candles: "candles"
    }
  }
}

extension Book {
  /// A book as the vault names it: by its word, and by the path it was asked for with.
  package init?(word: String, request: String) {
    let path = request.split(separator: "/").map(String.init)
    func part(_ fromEnd: Int) -> String {
      path.count >= fromEnd ? path[path.count - fromEnd] : ""
    }
    switch word {
    case "orders": self = .orders
    case "positions": self = .positions
    case "holdings": self = .holdings
    case "funds": self = .funds(exchange: part(2))
    case "history": self = .history(exchange: part(3), orderID: part(1))
    case "trades": self = .trades(exchange: part(4), orderID: part(2))
    case "master": self = .master(exchange: part(1))
    case "master-table": self = .masterTable(exchange: part(1))
    case "candles":
      guard let code = Int64(part(2)) else { return nil }
      self = .candles(exchange: part(3), scripCode: code, interval: part(1))
    default: return nil
    }
  }
}

/// One answer, byte for byte, as it goes into the vault before anyone reads it. `request` is method
/// and path without secrets.
package struct RawAnswer: Hashable, Sendable {
  package let book: Book
  package let accountID: String?
  package let requestedAt: Instant
  package let receivedAt: Instant
  package let status: Int
  package let body: [UInt8]
  package let request: String

  package init(
    book: Book, accountID: String?, requestedAt: Instant, receivedAt: Instant, status: Int,
    body: [UInt8], request: String
  ) {
    self.book = book
    self.accountID = accountID
    self.requestedAt = requestedAt
    self.receivedAt = receivedAt
    self.status = status
    self.body = body
    self.request = request
  }
}

/// What a read met before it had its answer, or failed.
package enum Setback: Sendable {
  /// The broker answered, and the answer is of no use.
  case refused(RawAnswer)
  /// The question was asked again. Where no answer came at all, nothing else tells of it.
  case askedAgain(after: BrokerError)
}

package enum SignInState: Hashable, Sendable {
  case signedIn(until: Instant)
  case notSignedIn(reason: String)

  package var isSignedIn: Bool {
    if case .signedIn = self { true } else { false }
  }
}

/// The desk's view of a broker; the live client conforms. The readers are pure functions of the
/// stored bytes, so that a corrected reader can be run again over any day in the vault. Each
/// throws `BrokerError`.
package protocol Broker: Sendable {
  /// - Parameter note: takes what went wrong on the way to the answer returned.
  func fetch(
    _ book: Book, for account: Account, noting note: @Sendable (Setback) async throws -> Void
  )
    async throws -> RawAnswer

  /// The same for two answers that say the same, whatever time the broker puts on them.
  func digest(of answer: RawAnswer) -> [UInt8]

  func positions(in answer: RawAnswer) throws -> [BrokerPosition]
  func holdings(in answer: RawAnswer) throws -> [BrokerHolding]
  /// Nil if the broker says it has no such records.
  func funds(in answer: RawAnswer) throws -> BrokerFunds?
  func orders(in answer: RawAnswer) throws -> [BrokerOrder]
  func trades(in answer: RawAnswer) throws -> [BrokerTrade]
  func instruments(in answer: RawAnswer) throws -> [Instrument]
  func candles(in answer: RawAnswer) throws -> [Candle]

  func loginURL(for account: Account) throws -> String
  func signIn(_ account: Account, redirect: String) async throws -> SignInState
  func signInState(of account: Account) -> SignInState
  /// Whether a sign-in that has not expired is stored, whatever the broker said of it last: one
  /// refusal may be a passing fault, and is none of whoever asks the broker by other ways.
  func holdsSignIn(of account: Account) -> Bool
}

extension Broker {
  package func holdsSignIn(of account: Account) -> Bool { signInState(of: account).isSignedIn }

  /// For whoever keeps no answers.
  package func fetch(_ book: Book, for account: Account) async throws -> RawAnswer {
    try await fetch(book, for: account, noting: { _ in })
  }
}
