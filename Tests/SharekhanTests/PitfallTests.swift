import Desk
import Testing
import TradingTime

@testable import Sharekhan

/// Everything that is known to go wrong in reading this broker, one test for each.
@Suite(.timeLimit(.minutes(10)))
struct `What the broker is known to do` {
  let broker: SharekhanClient

  init() throws {
    broker = try reader()
  }

  private func positions(_ changes: (String, String)...) throws -> [BrokerPosition] {
    var body = String(decoding: Fixture.positions.body, as: UTF8.self)
    for (good, other) in changes {
      #expect(body.contains(good))
      body = body.replacing(good, with: other)
    }
    return try broker.positions(in: Fixture.positions.with(body))
  }

  private func orders(_ answer: RawAnswer, _ good: String, _ other: String) throws -> [BrokerOrder]
  {
    let body = String(decoding: answer.body, as: UTF8.self)
    #expect(body.contains(good))
    return try broker.orders(in: answer.with(body.replacing(good, with: other)))
  }

  @Test(arguments: [
    ("\"scripCode\":\"2885\"", "\"scripCode\":2885"), ("\"netQty\":60", "\"netQty\":\"60\""),
    ("\"netQty\":60", "\"netQty\":60.0"), ("\"netQty\":60", "\"netQty\":\"60.00\""),
    ("\"avgPrice\":\"1440.5075\"", "\"avgPrice\":1440.5075"),
    ("\"mtm\":\"-12.25\"", "\"mtm\":-1.225E1"), ("\"buyQty\":100", "\"buyQty\":\"+100\""),
  ])
  func `a number as a text, or a text as a number, is the same`(
    _ good: String, _ other: String
  ) throws {
    #expect(try positions((good, other)) == broker.positions(in: Fixture.positions))
  }

  @Test(arguments: ["\"\"", "\"NA\"", "null", "\"null\"", nil])
  func `four ways and a missing key mean that there is none`(_ none: String?) throws {
    let other = none.map { "\"mtm\":\($0)" } ?? "\"unheard\":1"
    #expect(try positions(("\"mtm\":\"-12.25\"", other)).first?.unrealisedProfit == nil)
    let product = none.map { "\"productType\":\($0)" } ?? "\"unheard\":1"
    #expect(try positions(("\"productType\":\"BIGTRADE\"", product)).first?.product == "")
  }

  /// `0` means none only where none is what it can mean.
  @Test func `a price of 0 is no price, and a profit of 0 is a profit of 0`() throws {
    let rows = try positions(("\"avgPrice\":\"1440.5075\"", "\"avgPrice\":\"0\""))
    #expect(rows[0].averagePrice == nil)
    #expect(rows[1].bookedProfit == .zero)
    #expect(try positions(("\"netQty\":60", "\"netQty\":0"))[0].netQuantity == 0)
  }

  /// As one object, as a list of one, and as nothing.
  @Test(arguments: [("[", "]", 1), ("", "", 1)])
  func `data is an object or a list`(_ open: String, _ end: String, _ count: Int) throws {
    let row = #"{"exchange":"NC","scripCode":1,"netQty":5,"tradingSymbol":"X"}"#
    let body = Fixture.envelope("x", open + row + end)
    #expect(try broker.positions(in: Fixture.positions.with(body)).count == count)
  }

  /// `goodTillDate` and `goodtillDate`, `fnoSquareOff` and `fnoSquareoff` in one row.
  @Test func `keys that differ in case alone are two keys`() throws {
    let row = try #require(try Answer.rows(of: Fixture.history).first)
    #expect(row.text("goodTillDate") == nil)
    #expect(row.text("goodtillDate") == "2025-10-28 12:44:40.0")
    #expect(row.text("fnoSquareOff") == nil)
    #expect(row.text("fnoSquareoff") == "N")
    #expect(row.text("FNOSQUAREOFF") == nil)
  }

  @Test(arguments: ["1446122681227661860", "9007199254740993", "9223372036854775807"])
  func `whole numbers beyond 2^53 keep every digit`(_ number: String) throws {
    let row = try #require(try Answer.rows(of: Fixture.history).last)
    #expect(try row.whole(required: "orsOrderId") == 1_446_122_681_227_661_860)
    let body = Fixture.envelope("x", "[{\"a\":\(number),\"b\":\"\(number)\"}]")
    let other = try #require(try Answer.rows(of: Fixture.positions.with(body)).first)
    #expect(try other.whole(required: "a") == Int64(number))
    #expect(try other.whole(required: "b") == Int64(number))
  }

  @Test func `money passes through no binary fraction`() throws {
    let row = try positions(("\"avgPrice\":\"1440.5075\"", "\"avgPrice\":0.1000000000000000055"))
    #expect(row[0].averagePrice?.description == "0.1000000000000000055")
  }

  @Test func `fields that nobody has heard of change nothing`() throws {
    let rows = try positions(
      ("\"netQty\":60", "\"netQty\":60,\"new\":{\"deep\":[1,{\"x\":null}]},\"flag\":true"))
    #expect(rows == (try broker.positions(in: Fixture.positions)))
  }

  @Test(arguments: [
    ("Trigger Pending", "Trigger Pending"), ("After Market Order Received", "x"),
    ("partially filled", "x"), ("", "x"),
  ])
  func `a state that nobody knows is open, and keeps its words`(
    _ words: String, _ shown: String
  ) throws {
    guard !words.isEmpty else {
      #expect(throws: BrokerError.self) {
        try orders(Fixture.dayBook, #""orderStatus":"Rejected""#, #""orderStatus":"""#)
      }
      return
    }
    let row = try orders(
      Fixture.dayBook, #""orderStatus":"FullyExecuted""#, #""orderStatus":"\#(words)""#)[0]
    #expect(row.status == .unrecognised(words) && !row.status.isTerminal)
    #expect(row.statusText == words)
  }

  @Test func `the same fact has other names in the day book and in an order's history`() throws {
    let book = try broker.orders(in: Fixture.dayBook)[0]
    #expect(book.averagePrice == Money("149.55"))
    let names = [
      ("execPrice", "avgPrice"), ("orderPrice", "orderPrice"), ("trigPrice", "orderTriggerPrice"),
      ("exchDateTime", "updateDate"),
    ]
    var body = String(decoding: Fixture.dayBook.body, as: UTF8.self)
    for (old, new) in names { body = body.replacing("\"\(old)\"", with: "\"\(new)\"") }
    #expect(try broker.orders(in: Fixture.dayBook.with(body))[0] == book)
  }

  /// The rubbish in `brokerage` is nowhere read as money.
  @Test func `an order's brokerage is not believed`() throws {
    #expect(
      try orders(Fixture.history, #""brokerage": "-2843573""#, #""brokerage": "rubbish""#)
        == broker.orders(in: Fixture.history))
  }

  @Test(arguments: [
    ("2025-10-28 12:44:40.0", "2025-10-28T12:44:40+05:30"),
    ("2025-10-28 12:44:40", "2025-10-28T12:44:40+05:30"),
    ("28/10/2025 12:44:40", "2025-10-28T12:44:40+05:30"),
    ("02/03/2021 12:02:08", "2021-03-02T12:02:08+05:30"),
    ("2025-10-28 00:00:00.123456", "2025-10-28T00:00:00.123456+05:30"),
  ])
  func `a time without a zone is India's, the day before the month`(
    _ text: String, _ instant: String
  ) throws {
    #expect(WireTime.instant(text) == Instant(rfc3339: instant))
  }

  @Test(arguments: [
    "2025-10-28", "28/10/2025", "2025-10-28 25:00:00", "2025-13-28 12:00:00", "31/02/2025 12:00:00",
    "2025-10-28 12:44:40.", "2025-10-28 12:44:40.x", "soon", "", "2025-10-28 12:44:40 IST",
  ])
  func `what is no time is none`(_ text: String) {
    #expect(WireTime.instant(text) == nil)
  }

  @Test(arguments: [
    ("28/10/2025", "2025-10-28"), ("8/9/2025", "2025-09-08"), ("08/09/2025", "2025-09-08"),
    ("16-Jul-26", "2026-07-16"), ("18/01/2021", "2021-01-18"),
  ])
  func `a day comes in five spellings`(_ text: String, _ day: String) {
    #expect(WireTime.date(text) == CivilDate(day))
  }
}
