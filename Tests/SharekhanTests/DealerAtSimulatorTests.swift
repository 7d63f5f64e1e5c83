import Desk
import HTTPClient
import Logging
import SharekhanSimulator
import Testing
import Threads
import TradingTime

@testable import Sharekhan

/// The whole way of an order, against a broker that keeps books.
@Suite(.timeLimit(.minutes(10)))
struct `Dealing at the simulator` {
  private struct Desk: Sendable {
    let client: SharekhanClient
    let dealer: SharekhanDealer
    let account: Account
    let base: String
    let soon = Duration.seconds(20)

    /// Ours alone: the account's owner trades by hand as well.
    func book() async throws -> [OrderOnBook] {
      try dealer.ordersOnBook(in: try await client.fetch(.orders, for: account))
        .filter { $0.row.channel == "SKAPI" }
    }

    func order(_ quantity: Quantity = 10, limit: String = "250") async throws -> NewOrder {
      let contracts = try client.instruments(
        in: try await client.fetch(.master(exchange: "NC"), for: account))
      let ongc = try #require(contracts.first { $0.symbol == "ONGC" })
      return try NewOrder(
        .buy, quantity, of: ongc, for: account, limit: try #require(Money(limit)),
        product: .intraday)
    }

    func faults(_ rules: String) async throws {
      let answer = try await WebClient().request(
        WebRequest(
          method: "POST", url: base.replacing("/skapi", with: "/simulator/faults"),
          body: Array(rules.utf8)))
      #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    }
  }

  /// At eleven o'clock of a session, signed in.
  private func dealing(_ body: @escaping @Sendable (Desk) async throws -> Void) async throws {
    let start = try #require(Instant(rfc3339: "2026-07-09T11:00:00+05:30"))
    let wall: @Sendable () -> Instant = {
      Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    }
    let clock = SimulatedClock(simulatedAt: start, realAt: wall())
    var settings = Settings()
    settings.clock = clock
    let simulator = try Simulator(settings, now: wall)
    let server = SimulatorServer(simulator, host: "127.0.0.1", port: 0)
    let directory = try ScratchDirectory()
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await server.run(logger: quiet) { port.yield($0) }
      }
      let number = try #require(await ports.first { _ in true })
      let base = "http://127.0.0.1:\(number)/skapi"
      let client = try SharekhanClient(
        SharekhanSettings(
          base: base, readsPerSecond: 1000, requestTimeLimit: .seconds(30),
          // The simulator's Date is the real one; its books are not.
          largestSkew: .seconds(86_400 * 10_000), firstPause: .milliseconds(1)),
        web: WebClient(), store: SignInStore(directory: directory.path),
        credentials: { _ in
          Credentials(
            apiKey: Secret("SIMULATED-API-KEY-0001"),
            secretKey: Secret("SIMULATED-SECRET-KEY-FOR-TESTS!!"))
        }, now: { clock.reading(at: wall()) })
      let account = Account(id: "asha", customerID: "1000001", mode: .paper)
      _ = try await client.signInThroughLoginPage(account)
      try await body(
        Desk(
          client: client, dealer: SharekhanDealer(client, web: WebClient()), account: account,
          base: base))
      group.cancelAll()
    }
  }

  @Test func `an order is placed, changed and cancelled, and the book says so`() async throws {
    try await dealing { desk in
      let placed = try await desk.dealer.place(
        try await desk.order(limit: "235"), startingWithin: desk.soon)
      guard case .accepted(let id, let rmsCode) = placed.outcome else {
        Issue.record("\(placed.outcome)")
        return
      }
      let standing = try #require(try await desk.book().first)
      #expect(standing.row.orderID == id && standing.rmsCode == rmsCode)
      #expect(standing.transaction == "B")
      #expect(standing.row.price == Money(rupees: 235))
      let ongc = try await desk.client.instruments(
        in: desk.client.fetch(.master(exchange: "NC"), for: desk.account)
      ).first { $0.symbol == "ONGC" }
      let changed = try await desk.dealer.change(
        try OrderChange(
          of: standing, in: try #require(ongc), for: desk.account, quantity: 12,
          limit: Money(paise: 23_505)), startingWithin: desk.soon)
      #expect(changed.outcome == .accepted(orderID: id, rmsCode: rmsCode))
      let now = try #require(try await desk.book().first)
      #expect(now.row.quantity == 12 && now.row.price == Money(paise: 23_505))
      let cancelled = try await desk.dealer.cancel(
        try OrderCancellation(of: now, for: desk.account), startingWithin: desk.soon)
      #expect(cancelled.outcome == .accepted(orderID: id, rmsCode: rmsCode))
      let over = try await desk.book()
      #expect(over.map(\.row.status) == [.cancelled], "one order, and nothing was bought")
      let late = try await desk.dealer.cancel(
        try BareCancellation(orderID: id, exchange: "NC", for: desk.account),
        startingWithin: desk.soon)
      #expect(late.outcome == .rejected(reason: "Order is already Cancelled"))
    }
  }

  @Test func `what the broker turns down comes back with its words`() async throws {
    try await dealing { desk in
      let dear = try await desk.dealer.place(
        try await desk.order(limit: "9000"), startingWithin: desk.soon)
      guard case .rejected(let reason) = dear.outcome else {
        Issue.record("\(dear.outcome)")
        return
      }
      #expect(reason.hasPrefix("Price is outside the range"))
      #expect(try await desk.book().allSatisfy { $0.row.status == .rejected })
    }
  }

  /// The broker took it and its proxy failed: one order stands, and nobody may send another.
  @Test func `an order whose answer is lost is unclear, and stands in the book once`()
    async throws
  {
    try await dealing { desk in
      try await desk.faults(#"[{"route":"/orders","kind":"html","after":true,"count":1}]"#)
      let reply = try await desk.dealer.place(
        try await desk.order(limit: "235"), startingWithin: desk.soon)
      #expect(reply.outcome == .unclear(why: "HTTP 502 with a web page"))
      #expect(reply.evidence.status == 502)
      #expect(try await desk.book().count == 1)
    }
  }

  @Test func `a token that dies is a rejection, and the account is signed out`() async throws {
    try await dealing { desk in
      let order = try await desk.order()
      try await desk.faults(#"[{"route":"/orders","kind":"expire_tokens","count":1}]"#)
      let reply = try await desk.dealer.place(order, startingWithin: desk.soon)
      #expect(reply.outcome == .rejected(reason: "403: Access Denied"))
      #expect(!desk.client.signInState(of: desk.account).isSignedIn)
    }
  }
}
