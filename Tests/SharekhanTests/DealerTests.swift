import Desk
import HTTPClient
import Testing
import Threads
import TradingTime

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `Sending an order` {
  typealias Reply = ScriptedBroker.Reply

  let directory: ScratchDirectory
  let taken = Reply(
    headers: ["Date: Thu, 09 Jul 2026 06:30:00 GMT"],
    body: OrderAnswerRows.taken)
  let soon = Duration.seconds(20)

  init() throws {
    directory = try ScratchDirectory()
    try SignInStore(directory: directory.path).keep(signedIn(), for: "asha")
  }

  private func dealer(
    _ base: String, timeLimit: Duration = .seconds(30), perSecond: Int = 3
  ) throws -> (SharekhanDealer, SharekhanClient) {
    let client = try SharekhanClient(
      SharekhanSettings(
        base: base, readsPerSecond: 1000, ordersPerSecond: perSecond,
        requestTimeLimit: .seconds(30), connectTimeLimit: .seconds(20), orderTimeLimit: timeLimit,
        firstPause: .milliseconds(1)),
      web: WebClient(), store: SignInStore(directory: directory.path),
      credentials: { _ in
        Credentials(apiKey: Secret("TESTAPIKEY0001"), secretKey: Secret(secretKey))
      }, now: { noon })
    return (SharekhanDealer(client, web: WebClient()), client)
  }

  private func order(_ quantity: Quantity = 1) throws -> NewOrder {
    try NewOrder(
      .buy, quantity, of: `An order on the wire`.ongc, for: asha, limit: Money(paise: 14_950),
      product: .investment)
  }

  private func refusal(_ send: () async throws(NothingSent) -> OrderReply) async -> NothingSent? {
    do throws(NothingSent) {
      let reply = try await send()
      Issue.record("sent: \(reply)")
      return nil
    } catch {
      return error
    }
  }

  @Test func `goes out once, whole, and comes back with its number`() async throws {
    let broker = try ScriptedBroker([taken])
    let (dealer, _) = try dealer(broker.base)
    let order = try order()
    let reply = try await dealer.place(order, startingWithin: soon)
    #expect(reply.outcome == .accepted(orderID: "246585650", rmsCode: "SKNSE2"))
    #expect(
      reply.evidence
        == OrderEvidence(
          accountID: "asha", request: "POST /skapi/services/orders", sentAt: noon, endedAt: noon,
          status: 200, body: Array(taken.body.utf8)))
    #expect(
      broker.asked == [
        ScriptedBroker.Asked(
          line: "POST /skapi/services/orders HTTP/1.1",
          headers: [
            "Host: 127.0.0.1:\(broker.port)", "User-Agent: muhurat", "Accept: */*",
            "api-key: TESTAPIKEY0001", "access-token: TESTTOKEN.abc.def",
            "Content-type: application/json", "Content-Length: 338",
          ], body: String(decoding: order.body(loginID: "LOGINID1"), as: UTF8.self))
      ])
  }

  @Test func `changes and cancels by the same route, and by number alone by another`() async throws
  {
    let broker = try ScriptedBroker([taken])
    let (dealer, _) = try dealer(broker.base)
    let standing = `An order on the wire`.standing()
    _ = try await dealer.change(
      try OrderChange(
        of: standing, in: `An order on the wire`.ongc, for: asha, quantity: 2,
        limit: Money(rupees: 148)), startingWithin: soon)
    _ = try await dealer.cancel(
      try OrderCancellation(of: standing, for: asha), startingWithin: soon)
    let last = try await dealer.cancel(
      try BareCancellation(orderID: "246585650", exchange: "NC", for: asha), startingWithin: soon)
    #expect(
      broker.asked.map(\.line) == [
        "POST /skapi/services/orders HTTP/1.1", "POST /skapi/services/orders HTTP/1.1",
        "GET /skapi/services/cancelOrder/246585650 HTTP/1.1",
      ])
    #expect(
      broker.asked.map { $0.body.contains(#""requestType": "MODIFY""#) } == [true, false, false])
    #expect(
      broker.asked.map { $0.body.contains(#""requestType": "CANCEL""#) } == [false, true, false])
    #expect(last.outcome == .accepted(orderID: "246585650", rmsCode: "SKNSE2"))
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var reply: Reply
    var status: Int?
    var testDescription: String { name }
  }

  /// The broker had the whole order each time; whether it took it, nobody knows.
  @Test(arguments: [
    Fault(name: "hangs", reply: Reply(ending: .never)),
    Fault(name: "hangs up", reply: Reply(ending: .silence)),
    Fault(name: "half an answer", reply: Reply(body: OrderAnswerRows.taken, ending: .half)),
    Fault(name: "no HTTP", reply: Reply(body: "\u{0}\u{1}nonsense", ending: .bare)),
    Fault(name: "500", reply: Reply(status: 500), status: 500),
    Fault(name: "502 page", reply: Reply(status: 502, body: "<html>"), status: 502),
    Fault(name: "408", reply: Reply(status: 408), status: 408),
    Fault(name: "429", reply: Reply(status: 429, headers: ["Retry-After: 1"]), status: 429),
    Fault(name: "204", reply: Reply(status: 204), status: 204),
    Fault(name: "404", reply: Reply(status: 404, body: "{}"), status: 404),
    Fault(
      name: "elsewhere", reply: Reply(status: 307, headers: ["Location: /skapi/services/orders"]),
      status: 307),
  ])
  func `that is not clearly answered is unclear and was sent exactly once`(
    _ fault: Fault
  ) async throws {
    let broker = try ScriptedBroker([fault.reply])
    let (dealer, _) = try dealer(broker.base, timeLimit: .milliseconds(700))
    let standing = try OrderCancellation(of: `An order on the wire`.standing(), for: asha)
    let bare = try BareCancellation(orderID: "246585650", exchange: "NC", for: asha)
    let replies = [
      try await dealer.place(try order(), startingWithin: soon),
      try await dealer.cancel(standing, startingWithin: soon),
      try await dealer.cancel(bare, startingWithin: soon),
    ]
    for reply in replies {
      guard case .unclear = reply.outcome else {
        Issue.record("\(reply.outcome)")
        continue
      }
      #expect(reply.evidence.status == fault.status)
    }
    #expect(broker.asked.count == 3, "\(broker.asked)")
  }

  @Test func `to a port where nobody listens is proof that nothing was sent`() async throws {
    let refusing = try RefusingPort()
    let (dealer, _) = try dealer("http://127.0.0.1:\(refusing.port)/skapi")
    let order = try order()
    let error = await refusal { () async throws(NothingSent) in
      try await dealer.place(order, startingWithin: soon)
    }
    #expect(
      error
        == .unreachable(
          reason: "127.0.0.1:\(refusing.port) refused the connection; is it running, "
            + "and is the port right?"))
    withExtendedLifetime(refusing) {}
  }

  @Test func `without a sign-in sends nothing, and after a refused one says so`() async throws {
    let broker = try ScriptedBroker([
      Reply(status: 403, body: #"{"status":403,"message":"error","errorType":"Access Denied"}"#)
    ])
    let (dealer, client) = try dealer(broker.base)
    let order = try order()
    #expect(
      try await dealer.place(order, startingWithin: soon).outcome
        == .rejected(reason: "403: Access Denied"))
    #expect(client.signInState(of: asha) == .notSignedIn(reason: "the broker refused the token"))
    try client.store.forget("asha")
    let error = await refusal { () async throws(NothingSent) in
      try await dealer.place(order, startingWithin: soon)
    }
    #expect(error == .notSignedIn(account: "asha", reason: "nobody has signed in"))
    #expect(
      error?.description
        == "the order was not sent: asha is not signed in: nobody has signed in; "
        + "run: muhurat sign-in asha")
    #expect(broker.asked.count == 1)
  }

  @Test func `beyond the rate is refused, and what is refused is not sent`() async throws {
    let broker = try ScriptedBroker([taken])
    let (dealer, _) = try dealer(broker.base, perSecond: 1)
    let order = try order()
    let errors = await withTaskGroup(of: NothingSent?.self) { group in
      for _ in 0..<12 {
        group.addTask {
          do throws(NothingSent) {
            _ = try await dealer.place(order, startingWithin: .milliseconds(900))
            return nil
          } catch {
            return error
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let isRefused = errors.contains { error in
      if case .tooMany("asha", "NC", let span)? = error { span <= .seconds(8) } else { false }
    }
    #expect(isRefused, "\(errors)")
    #expect(broker.asked.count == errors.count { $0 == nil })
  }

  @Test func `with a clock too far from the broker's sends no order, but a cancellation`()
    async throws
  {
    var late = taken
    late.headers = ["Date: Thu, 09 Jul 2026 06:30:04 GMT"]
    let broker = try ScriptedBroker([late])
    let (dealer, client) = try dealer(broker.base)
    let standing = try OrderCancellation(of: `An order on the wire`.standing(), for: asha)
    _ = try await dealer.cancel(standing, startingWithin: soon)
    #expect(client.clockSkew?.ahead == .milliseconds(4500))
    let order = try order()
    let error = await refusal { () async throws(NothingSent) in
      try await dealer.place(order, startingWithin: soon)
    }
    #expect(error == .clockSkew(.milliseconds(4500)))
    _ = try await dealer.cancel(standing, startingWithin: soon)
    #expect(broker.asked.count == 2)
  }

  @Test func `whose time to begin is over is not sent`() async throws {
    let broker = try ScriptedBroker([taken])
    let (dealer, _) = try dealer(broker.base)
    let order = try order()
    let error = await refusal { () async throws(NothingSent) in
      try await dealer.place(order, startingWithin: .zero - .seconds(1))
    }
    #expect(error != nil)
    #expect(broker.asked == [])
  }

  @Test func `whose caller was stopped before is not sent, and whose caller is stopped later is`()
    async throws
  {
    let broker = try ScriptedBroker([taken])
    let (dealer, _) = try dealer(broker.base)
    let order = try order()
    let stopped = Task { () async -> NothingSent? in
      withUnsafeCurrentTask { $0?.cancel() }
      return await refusal { () async throws(NothingSent) in
        try await dealer.place(order, startingWithin: soon)
      }
    }
    #expect(await stopped.value == .cancelled)
    #expect(broker.asked == [])
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let answers = try Latch()
    let slow = try ScriptedBroker(
      [taken],
      whenAsked: {
        arrived.yield()
        answers.wait()
      })
    let (other, _) = try self.dealer(slow.base)
    let under = Task { try await other.place(order, startingWithin: soon).outcome }
    for await _ in arrivals { break }
    under.cancel()
    answers.open()
    #expect(try await under.value == .accepted(orderID: "246585650", rmsCode: "SKNSE2"))
  }

  @Test func `keeps our secrets out of its evidence`() async throws {
    let broker = try ScriptedBroker([
      Reply(status: 500, body: #"{"message":"TESTTOKEN.abc.def and TESTAPIKEY0001 again"}"#)
    ])
    let (dealer, _) = try dealer(broker.base)
    let reply = try await dealer.place(try order(), startingWithin: soon)
    #expect(
      String(decoding: reply.evidence.body, as: UTF8.self)
        == #"{"message":"***************** and ************** again"}"#)
    #expect(
      reply.outcome == .unclear(why: "HTTP 500: ***************** and ************** again"))
  }
}

enum OrderAnswerRows {
  static let taken = Fixture.envelope(
    "order", #"{"orderId":"246585650","rmscode":"SKNSE2","errormsg":""}"#)
}
