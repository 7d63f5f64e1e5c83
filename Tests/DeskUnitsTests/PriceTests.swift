import Desk
import DeskStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Pricing what is held` {
  private func prices(_ bench: Bench) async throws -> [String] {
    try await bench.lines(
      """
      select concat_ws(' ', scrip_code, last, previous_close,
        to_char(at at time zone 'Asia/Kolkata', 'HH24:MI:SS'), source)
      from desk.price order by scrip_code
      """)
  }

  @Test func `held and watched instruments get a price with source and time`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    _ = bench.broker.asked()
    let ran = try await bench.run("update-prices", item: nil, with: ["watch": ["NC:1594"]])
    #expect(ran.result.verdict == .ok && ran.result.kind == "prices")
    #expect(
      try await prices(bench) == [
        "1594 1455 1441.5 10:59:57 candles/5minute", "2885 1455 1441.5 10:59:57 candles/5minute",
      ])
    #expect(
      ran.result.rows.first == [
        "instrument": "NC:1594", "last": "1455", "previous_close": "1441.5",
        "at": "2026-11-20T10:59:57+05:30", "age_seconds": 3, "source": "candles/5minute",
      ])
    #expect(
      bench.broker.asked() == [
        "historical/NC/1594/5minute", "historical/NC/1594/daily", "historical/NC/2885/5minute",
        "historical/NC/2885/daily",
      ])
    #expect(ran.log == ["2 of 2 priced, 2 newer than before, the newest 3s old"])

    let again = try await bench.run("update-prices", item: nil)
    #expect(again.result.figures["asked"] == 2)
    #expect(
      bench.broker.asked() == ["historical/NC/1594/5minute", "historical/NC/2885/5minute"],
      "the close of the session before is asked for once a session")
  }

  @Test func `only bars that are over are kept`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.set(clock: "2026-11-20T11:00:01+05:30")
    try await bench.run("update-prices", item: nil)
    let bars = """
      select concat_ws(' ', to_char(ended_at at time zone 'Asia/Kolkata', 'DD HH24:MI:SS'), close)
      from desk.candle where scrip_code = 2885 and interval = '5minute' order by ended_at
      """
    #expect(
      try await bench.lines(bars) == ["19 15:29:58 1440", "20 10:54:59 1452.5"],
      "a second after its end, late trades may still be coming")
    try await bench.set(clock: "2026-11-20T11:00:02+05:30")
    try await bench.run("update-prices", item: nil)
    #expect(
      try await bench.lines(bars) == ["19 15:29:58 1440", "20 10:54:59 1452.5", "20 10:59:57 1455"])
  }

  @Test func `prices two intervals old are stale input`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.set(clock: "2026-11-20T11:00:27+05:30")
    #expect(try await bench.run("update-prices", item: nil).result.verdict == .ok)
    try await bench.set(clock: "2026-11-20T11:00:28+05:30")
    let ran = try await bench.run("update-prices", item: nil)
    #expect(ran.result.verdict == .staleInput)
    #expect(ran.log == ["2 of 2 priced, 2 newer than before, the newest 31s old"])
  }

  @Test func `shares have no newer prices once their market has closed`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    for code in [2885, 1594] {
      bench.broker.answer(
        "historical/NC/\(code)/5minute", rows: [Wire.candle("20/11/2026", "15:29:58", "1455")])
    }
    try await bench.set(clock: "2026-11-20T15:34:00+05:30")
    let ran = try await bench.run("update-prices", item: nil)
    #expect(ran.result.verdict == .ok)
    #expect(ran.log.last == "2 of 2 priced, 2 newer than before, the newest 4m2s old")
  }

  @Test func `a share that did not trade today has no mark of today`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    let thursdays =
      [Wire.candle("18/11/2026", "15:29:59", "1430")]
      + [Wire.candle("19/11/2026", "15:29:58", "1440")]
    for interval in ["5minute", "daily"] {
      bench.broker.answer("historical/NC/1594/\(interval)", rows: thursdays)
    }
    let marks = """
      select concat_ws(' ', scrip_code, business_date, last, previous_close)
      from desk.daily_price order by 1
      """
    for _ in 1...2 {
      try await bench.run("update-prices", item: nil)
      #expect(
        try await bench.lines(marks) == [
          "1594 2026-11-19 1440 1430", "2885 2026-11-20 1455 1441.5",
        ])
    }
    #expect(bench.broker.asked().count { $0 == "historical/NC/1594/daily" } == 1)
  }

  @Test func `what has no price is named, the others are written`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    bench.broker.answer("historical/NC/1594/5minute", .data("\"no_records\""))
    let ran = try await bench.run("update-prices", item: nil)
    #expect(ran.result.verdict == .warn)
    #expect(ran.result.figures["notes"] == ["NC:1594: the broker has no candles"])
    #expect(try await prices(bench) == ["2885 1455 1441.5 10:59:57 candles/5minute"])
  }

  @Test func `an answer that does not come costs no price that did`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    bench.broker.answer("historical/NC/2885/5minute", .hangs)
    let ran = try await bench.run("update-prices", item: nil, within: .seconds(6))
    #expect(try await prices(bench) == ["1594 1455 1441.5 10:59:57 candles/5minute"])
    #expect(
      ran.log.first?.hasPrefix(
        "NC:2885: the broker did not answer GET historical/NC/2885/5minute within") == true,
      "\(ran.log)")
  }

  @Test func `without anything to price, or anybody to ask as, it says so`() async throws {
    let bench = try await Bench.open()
    let ran = try await bench.run("update-prices", item: nil)
    #expect(ran.result.verdict == .noData && ran.log == ["nothing is held, traded or watched"])
    bench.broker.sign("asha", .notSignedIn(reason: "nobody has signed in"))
    #expect(
      try await bench.failure("update-prices", item: nil, with: ["watch": "NC:2885"])
        == "plain: asha is not signed in: nobody has signed in; run: muhurat sign-in asha")
    bench.broker.sign("asha", .signedIn(until: instant("2026-11-20T23:59:59+05:30")))
    bench.broker.answer(
      "historical/NC/2885/5minute", .fails(.refused(status: 429, message: "slow down")))
    #expect(
      try await bench.failure("update-prices", item: nil, with: ["watch": "NC:2885"])
        == "transient: the broker refused (429): slow down")
  }

  @Test(arguments: [
    (
      "watch", "RELIANCE",
      "plain: parameter 'watch' holds \"RELIANCE\"; an instrument is written exchange:scripcode, such as NC:2885"
    ),
    (
      "interval", "5min",
      "plain: parameter 'interval' is \"5min\"; the broker knows: 1minute, 3minute, 5minute, 10minute, 15minute, 30minute, 60minute, daily"
    ),
  ]) func `a parameter that means nothing is refused`(
    _ name: String, _ value: String, _ expected: String
  ) async throws {
    let bench = try await Bench.open()
    #expect(
      try await bench.failure("update-prices", item: nil, with: [name: .string(value)]) == expected)
  }

  @Test func `bars are counted from the open of their session`() async throws {
    let calendar = try await Bench.open().almanac.calendars["nse-cash"]
    func finished(_ word: String, _ last: String, at now: String) throws -> Bool {
      let candle = Candle(
        tradedOn: friday, endedAt: instant("2026-11-20T\(last)+05:30"), open: rupees("1"),
        high: rupees("1"), low: rupees("1"), close: rupees("1"), volume: 1)
      return try !#require(BarWidth(word: word)).finished(
        [candle], by: instant("2026-11-20T\(now)+05:30"), in: friday, calendar: calendar
      ).isEmpty
    }
    // An hour from the open ends at quarter past.
    #expect(try !finished("60minute", "10:02:00", at: "10:15:01"))
    #expect(try finished("60minute", "10:02:00", at: "10:15:02"))
    #expect(try !finished("1minute", "09:15:00", at: "09:16:01"))
    #expect(try finished("1minute", "09:15:00", at: "09:16:02"))
    #expect(try !finished("daily", "15:29:59", at: "18:00:00"))
  }
}
