import Desk
import Glibc
import HTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket
import Support
import Testing
import Threads
import TradingTime

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `The live feed` {
  private let directory: ScratchDirectory
  private let reliance = InstrumentKey(exchange: "NC", scripCode: 2885)
  private let infosys = InstrumentKey(exchange: "NC", scripCode: 1594)

  init() throws {
    directory = try ScratchDirectory()
    try SignInStore(directory: directory.path).keep(signedIn(), for: "asha")
  }

  private func settings(_ url: String) -> FeedSettings {
    var settings = FeedSettings(url: url, connectTimeLimit: .seconds(20), largestMessage: 8192)
    settings.pace = .milliseconds(5)
    settings.backoff = FeedBackoff(first: .milliseconds(2), longest: .milliseconds(20))
    settings.refusedPause = .milliseconds(2)
    settings.limits.ping = .seconds(3600)
    return settings
  }

  /// A feed that follows, its deliveries, and its end with the body's.
  private func following<Answer>(
    _ settings: FeedSettings, _ keys: Set<InstrumentKey>,
    _ body: (SharekhanFeed, Signal<FeedDelivery>) async throws -> Answer
  ) async throws -> Answer {
    let feed = try SharekhanFeed(
      settings, client: client("http://127.0.0.1:9/skapi", directory))
    feed.follow(FeedWish(accounts: [asha], keys: keys))
    let delivered = Signal("a delivery of the feed", of: FeedDelivery.self)
    let work = Task { await feed.run { delivered.fire($0) } }
    defer { work.cancel() }
    return try await body(feed, delivered)
  }

  private let wholeSubscription = [
    #"{"action":"subscribe","key":["feed","ack"],"value":[""]}"#,
    #"{"action":"ack","key":[""],"value":["1234567"]}"#,
    #"{"action":"feed","key":["ltp"],"value":["NC1594,NC2885"]}"#,
  ]

  private func last(_ delivery: FeedDelivery) -> String? {
    if case .ticks(let ticks) = delivery { ticks.first?.last?.description } else { nil }
  }

  @Test func `signs on as the official clients do, and delivers`() async throws {
    let asked = Signal("what was asked for", of: [String].self)
    let server = try await FeedServer { visit in
      asked.fire([visit.target, visit.headers["Host"] ?? "-", visit.headers["Origin"] ?? "-"])
      asked.fire(try await visit.welcome())
      try await visit.say("heartbeat")
      try await visit.send(.ping, ByteBuffer(string: "are you there"))
      asked.fire(try await visit.hear(1))
      try await visit.say(FeedServer.quote("1440.55"))
      try await visit.say(
        #"{"message":"ack","data":{"SharekhanOrderID":"7","AckState":"NewOrderConfirmation"}}"#)
      try await visit.hear { asked.fire([$0]) }
    }
    var settings = settings(server.url)
    settings.limits.ping = .milliseconds(50)
    try await following(settings, [reliance, infosys]) { feed, delivered in
      #expect(
        try await asked.wait() == [
          "/skstream/api/stream?ACCESS_TOKEN=TESTTOKEN.abc.def&API_KEY=TESTAPIKEY0001",
          "127.0.0.1:\(server.port)", "http://127.0.0.1:\(server.port)",
        ])
      #expect(try await asked.wait() == wholeSubscription)
      #expect(try await asked.wait() == ["pong are you there"])
      #expect(try await last(delivered.wait()) == "1440.55")
      guard case .acknowledgements(let orders) = try await delivered.wait() else {
        Issue.record("the acknowledgement did not come")
        return
      }
      #expect(
        orders.map { "\($0.accountID) \($0.orderID) \($0.state)" } == [
          "asha 7 NewOrderConfirmation"
        ])
      while try await asked.wait() != ["ping ping"] {}
      let counts = feed.report.counts
      #expect(counts.connects == 1 && counts.ticks == 1 && counts.acknowledgements == 1)
      #expect(counts.heartbeats == 1 && counts.losses == 0 && counts.unknown == 0)
      feed.follow(FeedWish())
      while try await asked.wait() != ["close"] {}
    }
  }

  @Test func `the first depth is shown as it came, once, without secrets`() async throws {
    func depth(_ price: Int) -> String {
      #"{"data":{"exchangeCode":"NC","scripCode":2885,"odd":"TESTAPIKEY0001","#
        + #""bids":[{"price":\#(price),"qty":5}]}}"#
    }
    let (first, second) = (depth(1), depth(2))
    let server = try await FeedServer { visit in
      _ = try await visit.welcome(requests: 3)
      try await visit.say(first)
      try await visit.say(second)
      try await visit.hear { _ in }
    }
    var settings = settings(server.url)
    settings.followsDepth = true
    try await following(settings, [reliance]) { feed, delivered in
      for price in ["1", "2"] {
        guard case .ticks(let ticks) = try await delivered.wait() else { continue }
        #expect(ticks.first?.depth?.bids?.best?.price.description == price)
      }
      let shown = first.replacing("TESTAPIKEY0001", with: "…")
      try await eventually("the first depth is on record") {
        feed.report.oddities.map(\.what) == ["the first depth: \(shown)"]
      }
    }
  }

  @Test func `a dropped connection comes back with the whole subscription`() async throws {
    let asked = Signal("what was asked for", of: [String].self)
    let server = try await FeedServer { visit in
      asked.fire(try await visit.welcome())
      if visit.number == 1 { return }
      try await visit.say(FeedServer.quote("\(visit.number)"))
      try await visit.hear { asked.fire([$0]) }
    }
    try await following(settings(server.url), [reliance, infosys]) { feed, delivered in
      let both = [try await asked.wait(), try await asked.wait()]
      #expect(both == [wholeSubscription, wholeSubscription])
      #expect(try await last(delivered.wait()) == "2")
      let report = feed.report
      #expect(report.counts.connects == 2 && report.counts.losses == 1)
      #expect(report.connections.map { $0.pricedAt != nil } == [true])
      #expect(report.oddities.map(\.what) == ["asha/1: the connection broke"])
      #expect(report.connections.map(\.state) == [.open])
      feed.follow(FeedWish(accounts: [asha], keys: [infosys]))
      #expect(
        try await asked.wait()
          == [#"{"action":"unsubscribe","key":["ltp"],"value":["NC2885"]}"#])
    }
  }

  @Test func `a silent connection is given up`() async throws {
    let visits = Signal("a visit", of: Int.self)
    let server = try await FeedServer { visit in
      visits.fire(visit.number)
      try await visit.hear { _ in }
    }
    var settings = settings(server.url)
    settings.limits.silence = .milliseconds(60)
    try await following(settings, [reliance]) { feed, _ in
      while try await visits.wait() < 3 {}
      #expect(feed.report.counts.silences >= 2)
      #expect(feed.report.oddities.first?.what == "asha/1: nothing came for 0 s")
    }
  }

  @Test func `an account is connected anew when it is asked for, with the whole subscription`()
    async throws
  {
    let asked = Signal("what was asked for", of: [String].self)
    let server = try await FeedServer { visit in
      asked.fire(try await visit.welcome())
      try await visit.say("heartbeat")
      try await visit.hear { _ in }
    }
    try await following(settings(server.url), [reliance, infosys]) { feed, _ in
      #expect(try await asked.wait() == wholeSubscription)
      try await eventually("it is open") { feed.report.connections.map(\.state) == [.open] }
      feed.renew(["ravi"])
      feed.renew(["asha"])
      #expect(try await asked.wait() == wholeSubscription)
      #expect(feed.report.oddities.first?.what == "asha/1: it was open, but brought no prices")
      #expect(feed.report.counts.losses == 1)
    }
  }

  @Test func `an account that left and came back has its own place on the board`() async throws {
    let server = try await FeedServer { visit in
      _ = try await visit.welcome()
      try await visit.hear { _ in }
    }
    let wish = FeedWish(accounts: [asha], keys: [reliance, infosys])
    try await following(settings(server.url), wish.keys) { feed, _ in
      for visit in 1...3 {
        try await eventually("visit \(visit) is open") {
          feed.report.counts.connects == visit
            && feed.report.connections.map(\.state) == [.open]
        }
        feed.follow(FeedWish())
        try await eventually("it has left") { feed.report.connections.isEmpty }
        feed.follow(wish)
      }
    }
  }

  @Test func `a refused token is said without the token, and tried again`() async throws {
    let server = try await FeedServer(refusals: [.unauthorized, .forbidden, .badGateway]) {
      visit in
      _ = try await visit.welcome(requests: 1)
      try await visit.say(
        #"{"data":"bad ACCESS_TOKEN=TESTTOKEN.abc.def of TESTAPIKEY0001"}"#)
      try await visit.say(FeedServer.quote("5"))
      try await visit.hear { _ in }
    }
    try await following(settings(server.url), []) { feed, delivered in
      let delivery = try await delivered.wait()
      #expect(last(delivery) == "5")
      #expect(
        feed.report.oddities.map(\.what) == [
          "data: bad ACCESS_TOKEN=… of …",
          "asha/1: the broker refused the connection (502)",
          "asha/1: the broker refused the token (403)",
          "asha/1: the broker refused the token (401)",
        ])
      #expect(!"\(feed.report)".contains("TESTTOKEN") && !"\(feed.report)".contains("APIKEY"))
    }
  }

  @Test func `oddities are counted and end nothing; what is too long ends the connection`()
    async throws
  {
    let server = try await FeedServer { visit in
      _ = try await visit.welcome()
      if visit.number == 1 {
        try await visit.say("{")
        try await visit.send(.binary, ByteBuffer(bytes: [1, 2, 3]))
        try await visit.say(#"{"status":101,"message":"feed","data":"bad key"}"#)
        let quote = FeedServer.quote("1.5")
        try await visit.send(.text, ByteBuffer(string: String(quote.prefix(30))), isLast: false)
        try await visit.send(.continuation, ByteBuffer(string: String(quote.dropFirst(30))))
        try await visit.say(String(repeating: " ", count: 9000))
      } else {
        try await visit.say(FeedServer.quote("2"))
      }
      try await visit.hear { _ in }
    }
    try await following(settings(server.url), [reliance]) { feed, delivered in
      let both = [try await delivered.wait(), try await delivered.wait()]
      #expect(both.map(last) == ["1.5", "2"], "the first came in two pieces")
      let report = feed.report
      #expect(report.counts.unknown == 2 && report.counts.refusals == 1)
      #expect(
        report.oddities.map(\.what) == [
          "asha/1: the broker sent a message of more than 8192 bytes",
          "the broker answered 101: feed, bad key", "a frame that is no text",
          "the text ends early at byte 1: {",
        ])
    }
  }

  @Test func `a certificate is believed only if it is trusted`() async throws {
    let security = try FeedCertificate.server()
    let server = try await FeedServer(security: security) { visit in
      _ = try await visit.welcome()
      try await visit.say(FeedServer.quote("7"))
      try await visit.hear { _ in }
    }
    for host in ["localhost", "127.0.0.1"] {
      var settings = settings("wss://\(host):\(server.port)/skstream/api/stream")
      try await following(settings, [reliance]) { feed, _ in
        try await eventually("the refusal of a certificate") { feed.report.counts.losses >= 1 }
        #expect(
          feed.report.oddities.last?.what
            == "asha/1: the feed cannot be reached: TLS: nobody we trust has signed the certificate"
        )
      }
      let path = "\(directory.path)/trusted.pem"
      let file = try #require(fopen(path, "w"))
      fputs(FeedCertificate.certificate, file)
      fclose(file)
      settings.trust = path
      try await following(settings, [reliance]) { _, delivered in
        let delivery = try await delivered.wait()
        #expect(last(delivery) == "7")
      }
    }
  }

  @Test func `whoever is not signed in is told so, and nothing is sent`() async throws {
    try SignInStore(directory: directory.path).forget("asha")
    try await following(settings("ws://127.0.0.1:9/x"), [reliance]) { feed, _ in
      try await eventually("an attempt") { feed.report.counts.losses >= 1 }
      #expect(
        feed.report.oddities.last?.what
          == "asha/1: asha is not signed in: nobody has signed in; run: muhurat sign-in asha")
    }
  }
}
