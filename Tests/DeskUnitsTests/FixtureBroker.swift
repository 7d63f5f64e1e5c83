import Desk
import HTTPClient
import Sharekhan
import Support
import Threads
import TradingTime

/// A broker that answers from a table of paths, in the live broker's own bytes; what it does not
/// know is "no records". The readers are the live client's.
final class FixtureBroker: Broker {
  enum Reply: Sendable {
    case data(String)
    /// The whole body.
    case body(String)
    case fails(BrokerError)
    /// Until whoever asks gives up.
    case hangs
    /// The data, once it is fired.
    case held(Signal<Void>, data: String)
  }

  private let replies = Locked<[String: Reply]>([:])
  private let log = Locked<[String]>([])
  private let states = Locked<[String: SignInState]>([:])
  private let held = Locked<[String: Bool]>([:])
  private let now: @Sendable () -> Instant
  private let client: SharekhanClient

  init(now: @escaping @Sendable () -> Instant) throws {
    self.now = now
    client = try SharekhanClient(
      SharekhanSettings(base: "http://127.0.0.1:9/skapi"), web: WebClient(),
      store: SignInStore(directory: "/nonexistent"),
      credentials: { _ in Credentials(apiKey: Secret("unused"), secretKey: Secret("unused")) },
      now: now)
  }

  func answer(_ path: String, _ reply: Reply) { replies.withLock { $0[path] = reply } }
  func answer(_ path: String, rows: [String]) {
    answer(path, .data("[\(rows.joined(separator: ","))]"))
  }

  /// - Parameter holding: whether a sign-in is stored; nil: as the state says.
  func sign(_ account: String, _ state: SignInState, holding: Bool? = nil) {
    states.withLock { $0[account] = state }
    held.withLock { $0[account] = holding }
  }

  /// The paths asked for since the last look.
  func asked() -> [String] {
    log.withLock { log in
      defer { log = [] }
      return log
    }
  }

  func fetch(
    _ book: Book, for account: Account, noting _: @Sendable (Setback) async throws -> Void
  ) async throws -> RawAnswer {
    let path = Self.path(book, account.customerID)
    log.withLock { $0.append(path) }
    let body: String
    switch replies.withLock({ $0[path] }) ?? .data("\"no_records\"") {
    case .data(let data): body = whole(data)
    case .body(let whole): body = whole
    case .fails(let error): throw error
    case .hangs: try await untilCancelled()
    case .held(let signal, let data):
      try await signal.wait()
      body = whole(data)
    }
    let isOfAccount = !path.hasPrefix("master") && !path.hasPrefix("historical")
    return RawAnswer(
      book: book, accountID: isOfAccount ? account.id : nil, requestedAt: now(),
      receivedAt: now(), status: 200, body: Array(body.utf8),
      request: "GET /skapi/services/\(path)")
  }

  private func whole(_ data: String) -> String {
    #"{"status":200,"message":"fixture","timestamp":"\#(now().rfc3339(in: .india))","data":\#(data)}"#
  }

  func digest(of answer: RawAnswer) -> [UInt8] { client.digest(of: answer) }

  private static func path(_ book: Book, _ customer: String) -> String {
    switch book {
    case .orders: "reports/\(customer)"
    case .positions: "trades/\(customer)"
    case .holdings: "holdings/\(customer)"
    case .funds(let exchange): "limitstmt/\(exchange)/\(customer)"
    case .history(let exchange, let order): "reports/\(exchange)/\(customer)/\(order)"
    case .trades(let exchange, let order): "reports/\(exchange)/\(customer)/\(order)/trades"
    case .master(let exchange): "master/\(exchange)"
    case .masterTable(let exchange): "master/csv/\(exchange)"
    case .candles(let exchange, let code, let interval):
      "historical/\(exchange)/\(code)/\(interval)"
    }
  }

  func positions(in answer: RawAnswer) throws -> [BrokerPosition] {
    try client.positions(in: answer)
  }
  func holdings(in answer: RawAnswer) throws -> [BrokerHolding] { try client.holdings(in: answer) }
  func funds(in answer: RawAnswer) throws -> BrokerFunds? { try client.funds(in: answer) }
  func orders(in answer: RawAnswer) throws -> [BrokerOrder] { try client.orders(in: answer) }
  func trades(in answer: RawAnswer) throws -> [BrokerTrade] { try client.trades(in: answer) }
  func instruments(in answer: RawAnswer) throws -> [Instrument] {
    try client.instruments(in: answer)
  }
  func candles(in answer: RawAnswer) throws -> [Candle] { try client.candles(in: answer) }

  func loginURL(for account: Account) throws -> String { try client.loginURL(for: account) }
  func signIn(_ account: Account, redirect: String) async throws -> SignInState {
    .notSignedIn(reason: "a fixture signs nobody in")
  }

  func holdsSignIn(of account: Account) -> Bool {
    held.withLock { $0[account.id] } ?? signInState(of: account).isSignedIn
  }

  func signInState(of account: Account) -> SignInState {
    states.withLock { $0[account.id] } ?? .notSignedIn(reason: "nobody has signed in")
  }
}

/// Rows as the broker writes them.
enum Wire {
  static func order(
    _ id: String, side: String = "B", _ quantity: Int, executed: Int, average: String,
    status: String = "FullyExecuted", code: Int = 2885, symbol: String = "RELIANCE"
  ) -> String {
    #"""
    {"orderId":"\#(id)","customerId":1000001,"scripCode":"\#(code)","tradingSymbol":"\#(symbol)",
    "exchange":"NC","buySell":"\#(side)","orderQty":\#(quantity),"execQty":\#(executed),
    "orderPrice":"1450","execPrice":"\#(average)","trigPrice":"0","orderStatus":"\#(status)",
    "requestStatus":"NEW","lastModTime":"2026-11-20 10:00:02","productType":"INVESTMENT",
    "orderDateTime":"2026-11-20 10:00:01","channelCode":"PWR_TRD","errorMsg":""}
    """#
  }

  static func trade(
    _ id: String, of order: String, side: String = "B", _ quantity: Int, at price: String
  ) -> String {
    #"""
    {"orderId":"\#(order)","tradeId":"\#(id)","tradeTime":"2026-11-20 10:00:02.0",
    "customerId":1000001,"scripCode":"2885","buySell":"\#(side)","tradeQty":\#(quantity),
    "tradePrice":"\#(price)"}
    """#
  }

  static func position(
    bought: Int, sold: Int = 0, net: Int, average: String = "1449.5", code: Int = 2885,
    symbol: String = "RELIANCE"
  ) -> String {
    #"""
    {"tradingSymbol":"\#(symbol)","exchange":"NC","scripCode":"\#(code)","productType":"INVESTMENT",
    "buyQty":\#(bought),"buyRate":"\#(average)","sellQty":\#(sold),"sellRate":"0","netQty":\#(net),
    "avgPrice":"\#(average)","bpl":"0","mtm":"50"}
    """#
  }

  static func holding(_ symbol: String, _ owned: Int) -> String {
    #"""
    {"exchange":"NSE","tradingSymbol":"\#(symbol)","customerId":1000001,"pledge":"0","mf":"0",
    "dp":"\#(owned)","aval":"\#(owned)","receivable":"0","holdPrice":1500.25}
    """#
  }

  static let funds =
    #"[{"customerId":1000001,"currentCashBalance":250000.5,"cashBpl":0,"holdFunds":"0"}]"#

  static func instrument(_ code: Int, _ symbol: String) -> String {
    #"""
    {"scripCode":\#(code),"tradingSymbol":"\#(symbol)","companyName":"\#(symbol) LIMITED",
    "instType":"EQ","lotSize":1,"tickSize":5.0,"expiry":"","strike":0.0,"optionType":"",
    "isinCode":"NA"}
    """#
  }

  static func candle(_ day: String, _ time: String, _ close: String) -> String {
    #"""
    {"open":\#(close),"high":\#(close),"low":\#(close),"close":\#(close),"qty":10,
    "tradeTime":"\#(time)","tradeDate":"\#(day)"}
    """#
  }
}
