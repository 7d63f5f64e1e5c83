import Desk
import HTTPClient
import Testing
import Threads
import TradingTime

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `Fetching a book` {
  typealias Reply = ScriptedBroker.Reply

  let directory: ScratchDirectory
  let nothing = Reply(body: Fixture.envelope("x", "\"no_records\""))

  init() throws {
    directory = try ScratchDirectory()
    try SignInStore(directory: directory.path).keep(signedIn(), for: "asha")
  }

  private func failure(_ client: SharekhanClient, _ book: Book = .positions) async -> BrokerError? {
    do {
      let answer = try await client.fetch(book, for: asha)
      Issue.record("answered with \(answer.status)")
      return nil
    } catch {
      return error as? BrokerError
    }
  }

  @Test(arguments: [
    (Book.orders, "reports/1234567"), (.positions, "trades/1234567"),
    (.holdings, "holdings/1234567"), (.funds(exchange: "MX"), "limitstmt/MX/1234567"),
    (.history(exchange: "NC", orderID: "246585650"), "reports/NC/1234567/246585650"),
    (.trades(exchange: "NC", orderID: "246585650"), "reports/NC/1234567/246585650/trades"),
    (.candles(exchange: "BC", scripCode: 500410, interval: "daily"), "historical/BC/500410/daily"),
    (.master(exchange: "NC"), "master/NC"), (.masterTable(exchange: "NC"), "master/csv/NC"),
  ])
  func `asks the broker's path and keeps the answer as it came`(
    _ book: Book, _ path: String
  ) async throws {
    let broker = try ScriptedBroker([
      Reply(status: 200, headers: ["Date: Thu, 09 Jul 2026 06:29:58 GMT"], body: " {raw\n")
    ])
    let client = try client(broker.base, directory)
    let answer = try await client.fetch(book, for: asha)
    let isMarket = path.hasPrefix("historical") || path.hasPrefix("master")
    #expect(
      answer
        == RawAnswer(
          book: book, accountID: isMarket ? nil : "asha", requestedAt: noon, receivedAt: noon,
          status: 200, body: Array(" {raw\n".utf8), request: "GET /skapi/services/\(path)"))
    #expect(broker.asked.map(\.line) == ["GET /skapi/services/\(path) HTTP/1.1"])
    #expect(
      broker.asked.first?.headers == [
        "Host: 127.0.0.1:\(broker.port)", "User-Agent: muhurat", "Accept: */*",
        "api-key: TESTAPIKEY0001",
      ] + (path == "master/NC" ? [] : ["access-token: TESTTOKEN.abc.def"])
        + ["Content-type: application/json"])
    #expect(client.clockSkew?.ahead == .milliseconds(-1500))
    #expect(client.clockSkew?.uncertainty == .milliseconds(500))
  }

  @Test func `carries the vendor's key where there is one`() async throws {
    let broker = try ScriptedBroker([nothing])
    _ = try await client(broker.base, directory, vendorKey: Secret("VEND01"))
      .fetch(.holdings, for: asha)
    #expect(broker.header("vendor-key") == "VEND01")
  }

  @Test func `is repeated after passing faults`() async throws {
    let broker = try ScriptedBroker([
      Reply(status: 502, body: "<html>"), Reply(status: 500), nothing,
    ])
    let client = try client(broker.base, directory)
    let answer = try await client.fetch(.positions, for: asha)
    #expect(try client.positions(in: answer) == [])
    #expect(broker.asked.count == 3)
  }

  @Test func `hands over every answer that was refused, for the record`() async throws {
    let broker = try ScriptedBroker([
      Reply(status: 502, body: "<html>TESTTOKEN.abc.def</html>"), Reply(status: 404), nothing,
    ])
    let client = try client(broker.base, directory)
    let noted = Locked<[RawAnswer]>([])
    let answer = try await client.fetch(
      .trades(exchange: "NC", orderID: "7"), for: asha,
      noting: { setback in
        guard case .refused(let answer) = setback else { return }
        noted.withLock { $0.append(answer) }
      })
    #expect(answer.status == 200)
    #expect(noted.withLock { $0.map(\.status) } == [502, 404])
    #expect(
      noted.withLock { $0.map { String(decoding: $0.body, as: UTF8.self) } }
        == ["<html>*****************</html>", ""])
    #expect(
      noted.withLock { $0.map(\.request) }
        == Array(repeating: "GET /skapi/services/reports/NC/1234567/7/trades", count: 2))
  }

  @Test func `says that it was asked again, where no answer could tell of it`() async throws {
    let broker = try ScriptedBroker([
      Reply(ending: .silence), Reply(status: 503, body: "{}"), nothing,
    ])
    let client = try client(broker.base, directory)
    let noted = Locked<[String]>([])
    let answer = try await client.fetch(
      .positions, for: asha,
      noting: { setback in
        let text =
          switch setback {
          case .refused(let answer): "refused \(answer.status)"
          case .askedAgain(let error): "asked again: \(error)"
          }
        noted.withLock { $0.append(text) }
      })
    #expect(answer.status == 200)
    #expect(
      noted.withLock { $0 } == [
        "asked again: the broker cannot be reached: 127.0.0.1:\(broker.port) closed the "
          + "connection before its answer was complete",
        "refused 503",
        "asked again: \(BrokerError.refused(status: 503, message: "no message"))",
      ])
  }

  @Test func `is given up after three faults, with the last one as the reason`() async throws {
    let broker = try ScriptedBroker([
      Reply(status: 500), Reply(status: 500), Reply(status: 504, body: "<html></html>"), nothing,
    ])
    let error = await failure(try client(broker.base, directory))
    #expect(error == .refused(status: 504, message: "a web page"))
    #expect(broker.asked.count == 3)
  }

  @Test func `is not repeated when the broker has said no`() async throws {
    let broker = try ScriptedBroker([
      Reply(status: 400, body: #"{"status":400,"message":"Invalid Chart Period"}"#), nothing,
    ])
    let error = await failure(try client(broker.base, directory))
    #expect(error == .refused(status: 400, message: "Invalid Chart Period"))
    #expect(broker.asked.count == 1)
  }

  @Test func `tries the other spelling of an order's trades`() async throws {
    let broker = try ScriptedBroker([Reply(status: 404), nothing])
    let client = try client(broker.base, directory)
    let answer = try await client.fetch(.trades(exchange: "NC", orderID: "7"), for: asha)
    #expect(
      broker.asked.map(\.line) == [
        "GET /skapi/services/reports/NC/1234567/7/trades HTTP/1.1",
        "GET /skapi/services/orders/NC/1234567/7/trades HTTP/1.1",
      ])
    #expect(answer.request == "GET /skapi/services/orders/NC/1234567/7/trades")
  }

  @Test func `without a right to says why, and the state says so too`() async throws {
    let denied = Reply(
      status: 403, body: #"{"status":403,"message":"error","errorType":"Access Denied"}"#)
    let broker = try ScriptedBroker([denied, nothing])
    let client = try client(broker.base, directory)
    #expect(client.signInState(of: asha) == .signedIn(until: evening))
    let error = await failure(client)
    #expect(
      error?.description
        == "asha is not signed in: the broker refused the token (403, Access Denied); "
        + "run: muhurat sign-in asha")
    #expect(broker.asked.count == 1)
    #expect(client.signInState(of: asha) == .notSignedIn(reason: "the broker refused the token"))
    try client.store.keep(signedIn("NEWTOKEN.abc.def"), for: "asha")
    #expect(client.signInState(of: asha) == .signedIn(until: evening))
  }

  @Test(arguments: [403, 400, 500])
  func `shows none of our secrets, also where the broker repeats them`(_ status: Int) async throws {
    let echo = #"{"message":"api-key TESTAPIKEY0001 and TESTTOKEN.abc.def are wrong"}"#
    let broker = try ScriptedBroker([Reply(status: status, body: echo)])
    let error = await failure(try client(broker.base, directory))
    let text = try #require(error?.description)
    #expect(text.contains("api-key ************** and *****************"))
    #expect(!text.contains("TESTAPIKEY0001") && !text.contains("TESTTOKEN"))
  }

  @Test func `is not even tried without a token that is valid`() async throws {
    let broker = try ScriptedBroker([nothing])
    let client = try client(broker.base, directory)
    try client.store.keep(signedIn(until: noon), for: "asha")
    var error = await failure(client)
    #expect(
      error
        == .notSignedIn(account: "asha", reason: "the token expired 2026-07-09T12:00:00+05:30"))
    try client.store.forget("asha")
    error = await failure(client)
    #expect(error == .notSignedIn(account: "asha", reason: "nobody has signed in"))
    var token = signedIn()
    token.customerID = "7654321"
    try client.store.keep(token, for: "asha")
    error = await failure(client)
    #expect(
      error
        == .notSignedIn(
          account: "asha", reason: "the stored sign-in is customer 7654321's, not 1234567's"))
    #expect(broker.asked == [])
  }

  @Test func `from a broker that is down says so`() async throws {
    let refusing = try RefusingPort()
    let port = refusing.port
    let error = await failure(try client("http://127.0.0.1:\(port)/skapi", directory))
    withExtendedLifetime(refusing) {}
    #expect(
      error?.description
        == "the broker cannot be reached: 127.0.0.1:\(port) refused the connection; "
        + "is it running, and is the port right?")
  }

  @Test(arguments: [
    Book.funds(exchange: "../x"), .trades(exchange: "NC", orderID: ""),
    .trades(exchange: "NC", orderID: "1?a"),
    .candles(exchange: "NC", scripCode: 1, interval: "a/b"),
  ])
  func `makes no path out of what is no path`(_ book: Book) async throws {
    let broker = try ScriptedBroker([nothing])
    let error = await failure(try client(broker.base, directory), book)
    guard case .refused(400, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(broker.asked == [])
  }

  @Test(arguments: [
    "http://api.sharekhan.com/skapi", "ftp://127.0.0.1/skapi", "https://h/skapi/", "https://h/?x",
    "http://127.0.0.1.example.com/skapi",
  ])
  func `goes nowhere that could read the token`(_ base: String) throws {
    #expect(throws: SharekhanSettings.Problem.self) { try client(base, directory) }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The rate` {
  @Test func `lets a burst through and spreads the rest`() {
    var bucket = RateBucket(perSecond: 5)
    let places = (0..<8).map { _ in bucket.reserve(at: .seconds(100), by: .never) }
    #expect(places == [0, 0, 0, 0, 0, 200, 400, 600].map { .milliseconds(100_000 + $0) })
    #expect(bucket.reserve(at: .seconds(200), by: .never) == .seconds(200))
  }

  @Test func `whoever would come too late takes no place from the others`() {
    var bucket = RateBucket(perSecond: 5)
    bucket.pause(until: .seconds(160))
    for _ in 0..<100 {
      #expect(bucket.reserve(at: .seconds(100), by: Deadline(sinceBoot: .seconds(120))) == nil)
    }
    #expect(bucket.reserve(at: .seconds(150), by: .never) == .seconds(160), "a backlog of nobody")
  }

  @Test func `holds everybody back while the broker asks for a pause`() {
    var bucket = RateBucket(perSecond: 5)
    _ = bucket.reserve(at: .seconds(100), by: .never)
    bucket.pause(until: .seconds(103))
    let places = (0..<3).map { _ in bucket.reserve(at: .seconds(100), by: .never) }
    #expect(places == [.seconds(103), .milliseconds(103_200), .milliseconds(103_400)])
  }
}
