import Desk
import DeskStore
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Following the feed` {
  private func loop(
    _ bench: Bench, _ feed: FixtureFeed, pool: Pool? = nil, watched: Set<InstrumentKey> = [],
    moved: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> FeedLoop {
    let almanac = try bench.almanac
    return FeedLoop(
      .init(
        desk: bench.desk, pool: pool ?? bench.pool, broker: bench.broker, feed: feed,
        almanac: { almanac }, watched: { watched }, now: { bench.now }, moved: moved),
      wishEvery: .seconds(3600), writeEvery: .seconds(3600))
  }

  /// The loop goes round once by itself at its start; from then on the test turns it.
  private func following(
    _ loop: FeedLoop, _ body: () async throws -> Void
  ) async throws {
    let work = Task { await loop.run() }
    defer { work.cancel() }
    try await body()
  }

  private func tick(_ last: String, at time: String, _ key: InstrumentKey = reliance) -> Tick {
    let moment = instant("2026-11-20T\(time)+05:30")
    var tick = Tick(key: key, last: rupees(last), receivedAt: moment)
    tick.tradedAt = moment
    return tick
  }

  private func word(_ order: String, account: String = "asha") -> OrderAcknowledgement {
    OrderAcknowledgement(
      accountID: account, customerID: nil, orderID: order, state: "TradeConfirmation",
      receivedAt: instant("2026-11-20T11:00:00+05:30"), body: Array("{}".utf8))
  }

  private let prices = "select concat_ws(' ', scrip_code, last, source) from desk.price order by 1"

  @Test func `what is held and watched is followed, near a session, by who is signed in`()
    async throws
  {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    let feed = FixtureFeed()
    let other = InstrumentKey(exchange: "NF", scripCode: 37833)
    let loop = try loop(bench, feed, watched: [other])
    await loop.wish()
    #expect(feed.lastWish?.accounts.map(\.id) == ["asha"])
    #expect(feed.lastWish?.keys == [reliance, infosys, other])
    #expect(loop.status.idleBecause == nil && loop.status.instruments == 3)
    for (clock, reason) in [
      ("2026-11-20T08:59:59+05:30", "no session is near"), ("2026-11-20T09:00:00+05:30", nil),
      ("2026-11-20T15:45:00+05:30", nil), ("2026-11-20T15:45:01+05:30", "no session is near"),
      ("2026-11-24T11:00:00+05:30", "no session is near"),
      ("2026-11-22T11:00:00+05:30", "no session is near"),
    ] {
      try await bench.set(clock: clock)
      await loop.wish()
      #expect(loop.status.idleBecause == reason, "\(clock)")
      #expect((feed.lastWish == FeedWish()) == (reason != nil), "\(clock)")
    }
    try await bench.set(clock: "2026-11-20T11:00:00+05:30")
    bench.broker.sign("asha", .notSignedIn(reason: "nobody has signed in"))
    await loop.wish()
    #expect(loop.status.idleBecause == "nobody is signed in" && loop.status.complaint == nil)
  }

  @Test func `prices are written together, word of orders as evidence`() async throws {
    let bench = try await Bench.open()
    let feed = FixtureFeed()
    let loop = try loop(bench, feed)
    try await following(loop) {
      try await feed.deliver(
        .ticks([tick("10", at: "10:59:58"), tick("11", at: "10:59:59"), tick("9", at: "10:59:57")]))
      try await feed.deliver(.ticks([tick("5", at: "10:59:59", infosys)]))
      try await feed.deliver(.acknowledgements([word("7"), word("7"), word("8")]))
      await loop.write()
      #expect(try await bench.lines(prices) == ["1594 5 feed", "2885 11 feed"])
      #expect(try await bench.count("desk.acknowledgement") == 2)
      let status = loop.status
      #expect(status.pricesWritten == 2 && status.lateTicks == 1 && status.pricesWaiting == 0)
      #expect(status.writtenAt == bench.now && status.failure == nil)
    }
  }

  @Test func `order books are written beside prices`() async throws {
    let bench = try await Bench.open()
    let feed = FixtureFeed()
    let loop = try loop(bench, feed)
    var priced = tick("10", at: "10:59:58")
    var told = Tick(key: infosys, receivedAt: bench.now)
    let side = DepthSide(
      levels: [DepthLevel(price: rupees("9.95"), quantity: 7)], toldAt: bench.now,
      levelsToldAt: nil)
    priced.depth = Depth(bids: side, asks: nil)
    told.depth = Depth(bids: nil, asks: side)
    let ticks = [priced, told]
    try await following(loop) {
      try await feed.deliver(.ticks(ticks))
      await loop.write()
      #expect(
        try await bench.lines(
          "select concat_ws(' ', scrip_code, side, prices, quantities) from desk.depth order by 1")
          == ["1594 sell {9.95} {7}", "2885 buy {9.95} {7}"])
      #expect(loop.status.pricesWritten == 1 && loop.status.depthsWritten == 2)
    }
  }

  @Test func `what came last is written before the loop ends`() async throws {
    let bench = try await Bench.open()
    let feed = FixtureFeed()
    let rounds = Signal("the writer went round", of: String.self)
    let loop = try loop(bench, feed) { name in if name == "feed-writer" { rounds.fire(name) } }
    let work = Task { await loop.run() }
    _ = try await rounds.wait()
    try await feed.deliver(.ticks([tick("10", at: "10:59:58")]))
    try await feed.deliver(.acknowledgements((0..<1_203).map { word("\($0)") }))
    work.cancel()
    await work.value
    #expect(try await bench.lines(prices) == ["2885 10 feed"])
    #expect(try await bench.count("desk.acknowledgement") == 1_203, "a batch was left behind")
  }

  @Test func `while the database is away the newest is kept, and written when it is back`()
    async throws
  {
    let bench = try await Bench.open()
    let feed = FixtureFeed()
    let away = try TestDatabase.current.pool(size: 1)
    await away.close()
    let kept = try loop(bench, feed, pool: away)
    try await following(kept) {
      try await feed.deliver(.ticks([tick("10", at: "10:59:58")]))
      try await feed.deliver(.acknowledgements((0..<10_003).map { word("\($0)") }))
      await kept.write()
      await kept.write()
      try await feed.deliver(.ticks([tick("12", at: "10:59:59")]))
      let status = kept.status
      #expect(status.pricesWaiting == 1 && status.pricesWritten == 0)
      #expect(status.acknowledgementsWaiting == 10_000 && status.acknowledgementsLost == 3)
      #expect(status.failingSince == bench.now)
      #expect(
        status.complaint?.hasPrefix("prices of the feed cannot be written: ") == true)
      #expect(
        status.feed.oddities.map(\.what)
          == ["3 acknowledgements were dropped: the database is away"])
    }
  }

  @Test func `what the database refuses does not hold up what comes after`() async throws {
    let bench = try await Bench.open()
    let feed = FixtureFeed()
    let loop = try loop(bench, feed)
    try await following(loop) {
      // An account that is not there, and a number too long for an index.
      let long = String((0..<9_000).map { "\($0)" }.joined().prefix(9_000))
      try await feed.deliver(.acknowledgements([word(long)]))
      await loop.write()
      #expect(loop.status.acknowledgementsLost == 1 && loop.status.failure == nil)
      try await feed.deliver(.acknowledgements([word("7", account: "nobody")]))
      try await feed.deliver(.ticks([tick("10", at: "10:59:58")]))
      await loop.write()
      #expect(try await bench.lines(prices) == ["2885 10 feed"])
      #expect(loop.status.acknowledgementsLost == 2 && loop.status.failure == nil)
      #expect(loop.status.acknowledgementsWritten == 0)
    }
  }

  @Test func `a feed that is down is said`() async throws {
    let feed = FixtureFeed()
    let bench = try await Bench.open()
    let loop = try loop(bench, feed)
    await loop.wish()
    var report = FeedReport()
    var connection = FeedReport.Connection(
      account: "asha", number: 1, state: .connecting, instruments: 2, followsOrders: true)
    report.connections = [connection]
    feed.tell(report)
    #expect(loop.status.complaint == nil, "not before it has failed")
    connection.reason = "the broker refused the token (401)"
    connection.lostAt = instant("2026-11-20T10:59:41+05:30")
    report.connections = [connection]
    feed.tell(report)
    #expect(loop.status.complaint == nil, "it may come back by itself")
    try await bench.set(clock: "2026-11-20T11:00:01+05:30")
    #expect(
      loop.status.complaint == "the feed is down for asha: the broker refused the token (401)")
  }

  @Test func `one refusal elsewhere hangs no feed up`() async throws {
    let bench = try await Bench.open()
    bench.broker.sign("asha", .notSignedIn(reason: "the broker refused the token"), holding: true)
    let feed = FixtureFeed()
    let loop = try loop(bench, feed)
    await loop.wish()
    #expect(feed.lastWish?.accounts.map(\.id) == ["asha"])
  }

  @Test func `fresh prices of the feed spare the broker's candles, except for bars`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.run("update-prices", item: nil)
    let feed = FixtureFeed()
    let loop = try loop(bench, feed)
    try await following(loop) {
      try await bench.set(clock: "2026-11-20T11:00:02+05:30")
      try await feed.deliver(
        .ticks([tick("1460", at: "11:00:01"), tick("1465", at: "10:59:40", infosys)]))
      await loop.write()
    }
    _ = bench.broker.asked()
    let bar = try await bench.run("update-prices", item: nil)
    #expect(
      bench.broker.asked() == ["historical/NC/1594/5minute", "historical/NC/2885/5minute"],
      "the bar that ended at eleven is not on record yet")
    #expect(bar.result.figures["by_feed"] == 1 && bar.result.figures["by_candles"] == 1)

    try await bench.set(clock: "2026-11-20T11:00:20+05:30")
    let ran = try await bench.run("update-prices", item: nil)
    #expect(bench.broker.asked() == ["historical/NC/1594/5minute"], "its price is no feed's")
    #expect(
      ran.result.rows.map { [$0["last"], $0["source"], $0["age_seconds"]] }
        == [["1455", "candles/5minute", 23], ["1460", "feed", 19]])
    #expect(
      ran.log == ["2 of 2 priced, 1 by the feed, 1 newer than before, the newest 19s old"])
    try await bench.set(clock: "2026-11-20T11:00:32+05:30")
    try await bench.run("update-prices", item: nil)
    #expect(
      bench.broker.asked() == ["historical/NC/1594/5minute", "historical/NC/2885/5minute"],
      "31 seconds are too old")
  }

  @Test func `a feed that was first leaves no hole in the bars`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    let feed = FixtureFeed()
    let loop = try loop(bench, feed)
    try await following(loop) {
      try await feed.deliver(
        .ticks([tick("1460", at: "10:59:59"), tick("9", at: "10:59:59", infosys)]))
      await loop.write()
    }
    try await bench.run("update-prices", item: nil)
    let bars = "select count(*)::text from desk.candle where scrip_code = 2885"
    #expect(try await bench.lines(bars) == ["2"], "of the session before, and of this one")
    #expect(
      try await bench.lines("select distinct previous_close::text from desk.price") == ["1441.5"],
      "the feed did not tell it")
  }
}
