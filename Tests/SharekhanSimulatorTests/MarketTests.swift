import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
struct `Prices` {
  private let market = Market(seed: 11)

  private func moment(_ text: String) throws -> Instant {
    try #require(Instant(rfc3339: text))
  }

  @Test func `have one answer for each instant, whatever was asked before`() {
    var dice = Dice(seed: 1)
    let fresh = Market(seed: 11)
    for _ in 0..<500 {
      let listing = Listing.all[Int.random(in: 0..<25, using: &dice)]
      let instant = Instant(
        microseconds: Int64.random(in: 1_750_000_000...1_800_000_000, using: &dice) * 1_000_000)
      let price = market.price(listing, at: instant)
      #expect(price == fresh.price(listing, at: instant))
      #expect(price.count > 0 && price.count % listing.tick == 0)
    }
  }

  @Test func `stand still outside the session`() throws {
    for listing in Listing.all {
      let close = market.price(listing, at: try moment("2026-07-09T15:30:00+05:30"))
      for later in [
        "2026-07-09T15:30:01+05:30", "2026-07-09T23:59:59+05:30", "2026-07-10T00:00:00+05:30",
        "2026-07-10T09:14:59.999+05:30",
      ] {
        #expect(market.price(listing, at: try moment(later)) == close, "\(listing.symbol) \(later)")
      }
    }
  }

  @Test func `stand still over weekends and holidays`() throws {
    let reliance = try #require(Listing.find(code: 2885, at: .nse, SessionDays()))
    let friday = market.price(reliance, at: try moment("2026-06-25T15:30:00+05:30"))
    for closed in [
      "2026-06-26T12:00:00+05:30", "2026-06-27T12:00:00+05:30", "2026-06-28T12:00:00+05:30",
    ] {
      #expect(market.price(reliance, at: try moment(closed)) == friday)
    }
    #expect(!market.days.isSession(MarketTime(try moment("2026-06-26T12:00:00+05:30")).day))
    #expect(market.days.isSession(MarketTime(try moment("2026-02-01T12:00:00+05:30")).day))
  }

  @Test func `move within the session, a little each second, and stay in their band`() throws {
    for listing in Listing.all {
      let day = MarketTime(try moment("2026-07-09T12:00:00+05:30")).day
      let path = market.path(listing, on: day)
      let previous = market.previousClose(listing, on: day)
      let band = Market.band(around: previous, tick: listing.tick)
      var distinct: Set<Paise> = []
      var last = path.price(at: SessionDays.open)
      for second in stride(from: SessionDays.open, through: SessionDays.close, by: 7) {
        let price = path.price(at: second)
        distinct.insert(price)
        #expect(band.contains(price))
        #expect(
          abs(price.count - last.count) < last.count / 100,
          "\(listing.symbol) jumped from \(last.text) to \(price.text) at \(second)")
        last = price
      }
      #expect(distinct.count > 20, "\(listing.symbol) hardly moved: \(distinct.count) prices")
    }
  }

  @Test func `differ between seeds`() throws {
    let noon = try moment("2026-07-09T12:00:00+05:30")
    let other = Market(seed: 12)
    let same = Listing.all.count { market.price($0, at: noon) == other.price($0, at: noon) }
    #expect(same < 5)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Recorded prices` {
  private static let heading =
    "session,symbol,series,open,high,low,close,last,prev_close,volume,turnover_lakh,trades\n"
  private static let csv =
    heading
    + "2026-07-01,RELIANCE,EQ,1298.9,1312.2,1296.5,1308,1306.5,1293.9,7001401,91515.7,149608\n"
    + "2026-07-01,NOTLISTED,EQ,1,1,1,1,1,1,1,1,1\n"
    + "2026-07-02,RELIANCE,BE,1,1,1,1,1,1,1,1,1\n"
    + "2026-07-03,RELIANCE,EQ,1312,1312,1302,1304,1305,1303.5,7839550,102317.33,209968\n"

  private func market() throws -> Market {
    Market(seed: 3, recorded: try RecordedPrices(csv: Self.csv))
  }

  private func price(_ market: Market, _ text: String) throws -> String {
    let reliance = try #require(Listing.find(code: 2885, at: .nse, SessionDays()))
    return market.price(reliance, at: try #require(Instant(rfc3339: text))).text
  }

  @Test func `are what the market opens and closes at`() throws {
    let market = try market()
    #expect(try price(market, "2026-07-01T09:00:00+05:30") == "1293.9")
    #expect(try price(market, "2026-07-01T09:15:00+05:30") == "1298.9")
    #expect(try price(market, "2026-07-01T15:30:00+05:30") == "1308")
    #expect(try price(market, "2026-07-03T18:00:00+05:30") == "1304")
  }

  @Test func `say which days were sessions, and simulated days go on from them`() throws {
    let market = try market()
    let second = try #require(CivilDate("2026-07-02")).daysSinceEpoch
    #expect(!market.days.isSession(second), "a day missing from the file was no session")
    #expect(market.days.isSession(second + 4))
    #expect(try price(market, "2026-07-06T09:00:00+05:30") == "1304")
    let next = try #require(Double(try price(market, "2026-07-06T15:30:00+05:30")))
    #expect((1200...1400).contains(next))
  }

  @Test func `bound the day's path`() throws {
    let market = try market()
    let reliance = try #require(Listing.find(code: 2885, at: .nse, SessionDays()))
    let day = try #require(CivilDate("2026-07-01")).daysSinceEpoch
    let path = market.path(reliance, on: day)
    for second in stride(from: SessionDays.open, to: SessionDays.close, by: 11) {
      #expect((Paise(129_650)...Paise(131_220)).contains(path.price(at: second)))
    }
  }

  @Test(arguments: [
    (
      "a,b\n",
      "prices, line 1: expected the columns session,symbol,series,open,high,low,close,last,"
        + "prev_close,volume, got \"a,b\""
    ),
    (
      heading + "2026-07-01,INFY,EQ,x,1,1,1,1,1,1\n",
      "prices, line 2: expected a date, positive "
        + "prices and a volume, got \"2026-07-01,INFY,EQ,x,1,1,1,1,1,1\""
    ),
  ])
  func `that cannot be read name their line`(csv: String, message: String) {
    #expect { try RecordedPrices(csv: csv) } throws: { "\($0)" == message }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Candles of a share` {
  private func bars(_ rig: Rig, _ interval: String) async throws -> [JSON] {
    try await rig.rows("/historical/NC/2885/\(interval)", try await rig.signIn())
  }

  @Test func `end at the price orders trade at`() async throws {
    let rig = try Rig(at: "2026-07-09T11:02:30+05:30")
    let reliance = try #require(Listing.find(code: 2885, at: .nse, SessionDays()))
    let now = try #require(Instant(rfc3339: "2026-07-09T11:02:30+05:30"))
    let price = await rig.simulator.exchange.market.price(reliance, at: now)
    for interval in ["1minute", "5minute", "60minute", "daily", "weekly", "yearly"] {
      let last = try #require(try await bars(rig, interval).last)
      #expect(last["close"] == .amount(price), "\(interval)")
      #expect(last.words("tradeTime") == "11:02:30")
      #expect(last.words("tradeDate") == "9/7/2026")
    }
  }

  @Test func `are marked by their last second and cover the session`() async throws {
    let rig = try Rig(at: "2026-07-09T16:00:00+05:30")
    let minutes = try await bars(rig, "5minute").filter { $0.words("tradeDate") == "9/7/2026" }
    #expect(minutes.count == 75)
    #expect(minutes.first?.words("tradeTime") == "09:19:59")
    #expect(minutes.last?.words("tradeTime") == "15:29:59")
  }

  @Test func `of a wide interval cover those of a narrow one`() async throws {
    let rig = try Rig(at: "2026-07-09T16:00:00+05:30")
    func amount(_ bar: JSON, _ key: String) throws -> Int64 {
      try #require(Paise(text: bar.words(key))).count
    }
    for (wide, narrow) in [("15minute", "1minute"), ("daily", "3minute"), ("weekly", "daily")] {
      let (outer, inner) = (try await bars(rig, wide), try await bars(rig, narrow))
      let day = try #require(outer.last)
      let covered = narrow == "daily" ? inner.suffix(4) : inner.suffix(wide == "daily" ? 125 : 15)
      #expect(try covered.allSatisfy { try amount($0, "high") <= amount(day, "high") }, "\(wide)")
      #expect(try covered.allSatisfy { try amount($0, "low") >= amount(day, "low") }, "\(wide)")
    }
  }

  @Test func `before the first open show the last session`() async throws {
    let rig = try Rig(at: "2026-07-09T08:00:00+05:30")
    #expect(try await bars(rig, "daily").last?.words("tradeDate") == "8/7/2026")
    #expect(try await bars(rig, "daily").count == 60)
  }

  @Test func `of an unknown share are no records`() async throws {
    let rig = try Rig()
    #expect(try await rig.rows("/historical/NC/1/daily", try await rig.signIn()) == [])
  }
}
