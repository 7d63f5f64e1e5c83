import Desk
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

@testable import DeskUnits

/// The real loop, its feed worked by hand, and both clocks.
private struct WatchedFeed {
  let bench: Bench
  let feed = FixtureFeed()
  let loop: FeedLoop
  private let uptime = Locked(Duration.zero)

  init() async throws {
    bench = try await Bench.open()
    let (almanac, bench, uptime) = (try bench.almanac, bench, uptime)
    loop = FeedLoop(
      .init(
        desk: bench.desk, pool: bench.pool, broker: bench.broker, feed: feed,
        almanac: { almanac }, watched: { [reliance] }, now: { bench.now },
        uptime: { uptime.withLock { $0 } }),
      wishEvery: .seconds(3600), writeEvery: .seconds(3600))
  }

  /// A round at a time of the day, with the feed as it is said to be.
  func look(at time: String, _ connections: FeedReport.Connection...) async throws {
    try await bench.set(clock: "2026-11-20T\(time)+05:30")
    uptime.withLock { $0 = bench.now - instant("2026-11-20T00:00:00+05:30") }
    var report = FeedReport()
    report.connections = connections
    feed.tell(report)
    await loop.wish()
  }

  func line(
    _ state: FeedReport.Connection.State = .open, priced: String? = nil, heard: String? = nil,
    reason: String? = nil, instruments: Int = 1,
    opened: String? = nil
  ) -> FeedReport.Connection {
    var line = FeedReport.Connection(
      account: "asha", number: 1, state: state, instruments: instruments, followsOrders: true)
    line.pricedAt = priced.map { instant("2026-11-20T\($0)+05:30") }
    line.heardAt = heard.map { instant("2026-11-20T\($0)+05:30") }
    line.openedAt = opened.map { instant("2026-11-20T\($0)+05:30") }
    line.reason = reason
    return line
  }

  /// `account since span reason`
  var missing: [String] {
    loop.missing.map { "\($0.account) \($0.since.told(in: .india)) \($0.span) \($0.reason)" }
  }

  /// What the alarms say, by the standard limits.
  var alarms: [String] {
    var facts = AlarmFacts(holder: "desk-1/boot/7/word", now: bench.now, zone: .india)
    facts.feeds = loop.missing
    return AlarmRules.standing(facts).map(\.sentence)
  }
}

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `A feed that should bring prices` {
  @Test func `and is down is told after two minutes, until prices flow again`() async throws {
    let watched = try await WatchedFeed()
    try await watched.look(at: "11:00:00", watched.line(priced: "10:59:59"))
    #expect(watched.missing == [])
    let refused = "the broker refused the token (401)"
    try await watched.look(
      at: "11:00:05", watched.line(.waiting, priced: "11:00:01", reason: refused))
    try await watched.look(at: "11:01:59", watched.line(.connecting, reason: refused))
    #expect(watched.missing == ["asha 2026-11-20 11:00:00 IST 119.0 seconds \(refused)"])
    #expect(watched.alarms == [])
    try await watched.look(at: "11:02:00", watched.line(.waiting, reason: refused))
    let alarm =
      "the feed of asha has brought nothing to desk-1 since 2026-11-20 11:00:00 IST: "
    #expect(watched.alarms == [alarm + refused])
    try await watched.look(at: "11:02:30", watched.line(reason: refused))
    #expect(
      watched.alarms == [
        alarm + "it is connected, but none of 1 instruments has a price; the connection before: "
          + refused
      ], "connected is not enough")
    try await watched.look(at: "11:02:35", watched.line(priced: "11:02:34"))
    #expect(watched.alarms == [] && watched.missing == [])
  }

  @Test func `and lives without prices is told too`() async throws {
    let watched = try await WatchedFeed()
    for (time, priced, heard) in [
      ("11:00:00", "10:59:59", "11:00:00"), ("11:01:00", "10:59:59", "11:01:00"),
      ("11:02:00", "10:59:59", "11:02:00"),
    ] {
      try await watched.look(at: time, watched.line(priced: priced, heard: heard))
    }
    #expect(
      watched.missing == [
        "asha 2026-11-20 11:00:00 IST 120.0 seconds it is connected, but none of 1 instruments "
          + "has a price"
      ])
  }

  @Test func `is asked anew, with patience, and an answer to that alone ends no alarm`()
    async throws
  {
    let watched = try await WatchedFeed()
    try await watched.look(at: "11:00:00", watched.line(priced: "10:59:59", opened: "10:00:00"))
    for (time, renewals) in [("11:00:01", 0), ("11:02:30", 0), ("11:02:31", 1)] {
      try await watched.look(at: time, watched.line(priced: "10:59:59", opened: "10:00:00"))
      #expect(watched.feed.renewed.count == renewals, "at \(time)")
    }
    #expect(watched.feed.renewed == [["asha"]])
    #expect(watched.alarms.count == 1)
    for (time, renewals) in [("11:02:40", 1), ("11:05:00", 1), ("11:05:01", 2)] {
      try await watched.look(at: time, watched.line(priced: "11:02:33", opened: "11:02:32"))
      #expect(watched.feed.renewed.count == renewals && watched.alarms.count == 1, "at \(time)")
    }
    try await watched.look(at: "11:05:30", watched.line(priced: "11:05:29", opened: "11:05:02"))
    #expect(watched.alarms == [] && watched.missing == [], "prices keep coming")
  }

  @Test func `and was down for long is not asked anew as soon as it is open`() async throws {
    let watched = try await WatchedFeed()
    try await watched.look(at: "11:00:00", watched.line(priced: "10:59:59"))
    try await watched.look(at: "11:00:05", watched.line(.waiting, reason: "it broke"))
    try await watched.look(at: "11:10:00", watched.line(.waiting, reason: "it broke"))
    try await watched.look(at: "11:10:05", watched.line(opened: "11:10:04"))
    #expect(watched.feed.renewed == [])
  }

  @Test func `is well with any word where only orders are followed`() async throws {
    let watched = try await WatchedFeed()
    try await watched.look(at: "11:00:00", watched.line(heard: "11:00:00", instruments: 0))
    try await watched.look(at: "11:02:30", watched.line(heard: "11:02:29", instruments: 0))
    #expect(watched.missing == [])
    try await watched.look(at: "11:05:00", watched.line(heard: "11:02:29", instruments: 0))
    #expect(
      watched.missing == [
        "asha 2026-11-20 11:02:30 IST 150.0 seconds it is connected, but nothing is heard"
      ])
  }

  @Test func `is expected only while the market trades, of who is signed in`() async throws {
    let watched = try await WatchedFeed()
    try await watched.look(at: "09:14:59")
    #expect(watched.missing == [])
    try await watched.look(at: "09:15:00")
    try await watched.look(at: "09:18:00")
    #expect(
      watched.missing == [
        "asha 2026-11-20 09:15:00 IST 180.0 seconds no connection was made for it"
      ])
    watched.bench.broker.sign("asha", .notSignedIn(reason: "nobody has signed in"))
    try await watched.look(at: "09:18:05")
    #expect(watched.missing == [], "that has an alarm of its own")
    watched.bench.broker.sign("asha", .signedIn(until: instant("2026-11-20T23:59:59+05:30")))
    try await watched.look(at: "15:29:00")
    #expect(watched.missing.count == 1)
    try await watched.look(at: "15:30:00")
    #expect(watched.missing == [])
  }

  @Test func `is watched without the database as before`() async throws {
    let watched = try await WatchedFeed()
    try await watched.look(at: "11:00:00", watched.line(priced: "10:59:59"))
    await watched.bench.pool.close()
    watched.feed.tell(FeedReport())
    await watched.loop.wish()
    #expect(
      watched.missing == [
        "asha 2026-11-20 11:00:00 IST 0.0 seconds no connection was made for it"
      ])
  }
}
