import FoundationEssentials
import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .seeded, .timeLimit(.minutes(10)))
struct `Values of every type` {
  private func roundTrip<Value: PostgresEncodable & PostgresDecodable & Equatable>(
    _ values: [Value], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let connection = try await TestDatabase.current.connection()
    for value in values {
      let back: Value = try await connection.query("select $1 as v", value).one["v"]
      #expect(back == value, sourceLocation: sourceLocation)
    }
    let nothing: Value? = try await connection.query("select $1 as v", Value?.none).one["v"]
    #expect(nothing == nil, sourceLocation: sourceLocation)
  }

  @Test func `numbers and truth come back`() async throws {
    try await roundTrip([Int16.min, 0, .max])
    try await roundTrip([Int32.min, -1, .max])
    try await roundTrip([Int64.min, 1, .max])
    try await roundTrip([Int.min, .max])
    try await roundTrip([0.1, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
    try await roundTrip([true, false])
  }

  @Test func `texts, bytes and documents come back`() async throws {
    try await roundTrip(["", "₹ 1,00,000 \u{1F4C8} \\ ' \" \n"])
    try await roundTrip([[UInt8](), [0, 255, 92, 39], [UInt8](repeating: 7, count: 100_000)])
    try await roundTrip([JSONText(#"{"a": [1, 2.50, null]}"#)])
    try await roundTrip([UUID(), UUID()])
  }

  @Test func `arrays come back, empty and with gaps`() async throws {
    try await roundTrip([["a", "", "null", "{,}"], []])
    try await roundTrip([[Int64.max, .min], []])
    try await roundTrip([[1, nil, 3] as [Int32?], [nil]])
    try await roundTrip([[Timestamp(microsecondsSinceEpoch: 1)]])
    try await roundTrip([[Day(daysSinceEpoch: 20_643)]])
    try await roundTrip([[JSONText("{}"), nil] as [JSONText?]])
    try await roundTrip([[Decimal(1) / 4, -3]])
    try await roundTrip([[0.5, nil] as [Double?]])
    try await roundTrip([[true, false]])
    try await roundTrip([[Interval(months: 1, days: 2, microseconds: 3)]])
    try await roundTrip([[[1, 2], []] as [[UInt8]]])
  }

  @Test func `arrays unnest side by side`() async throws {
    let connection = try await TestDatabase.current.connection()
    let rows = try await connection.query(
      "select * from unnest($1, $2) as t(name, quantity)", ["INFY", "TCS"], [Int64(5), nil])
    #expect(try rows.map { try $0.decode("name", as: String.self) } == ["INFY", "TCS"])
    #expect(try rows.map { try $0.decode("quantity", as: Int64?.self) } == [5, nil])
  }

  @Test func `narrower columns are read as wider numbers`() async throws {
    let connection = try await TestDatabase.current.connection()
    let row = try await connection.query("select 7::int2 as a, 8::int4 as b, 1.5::float4 as c").one
    #expect(try row.decode("a", as: Int.self) == 7)
    #expect(try row.decode("a", as: Int32.self) == 7)
    #expect(try row.decode("b", as: Int64.self) == 8)
    #expect(try row.decode("c", as: Double.self) == 1.5)
  }

  @Test func `labels, names and characters are texts`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: "create type side as enum ('buy', 'sell')")
    let row = try await connection.query(
      "select 'buy'::side as a, 'n'::name as b, 'v'::varchar as c, 'x'::\"char\" as d, '[1]'::json as e"
    ).one
    #expect(
      try ["a", "b", "c", "d", "e"].map { try row.decode($0, as: String.self) } == [
        "buy", "n", "v", "x", "[1]",
      ])
  }

  @Test func `moments are exact to the microsecond, from the first to the last`() async throws {
    let connection = try await TestDatabase.current.connection()
    let cases: [(text: String, microseconds: Int64)] = [
      ("1970-01-01 00:00:00+00", 0),
      ("1969-12-31 23:59:59.999999+00", -1),
      ("2000-01-01 00:00:00+00", 946_684_800_000_000),
      ("2026-07-09 15:45:00.123456+05:30", 1_783_592_100_123_456),
      ("4714-11-24 00:00:00+00 BC", -210_866_803_200_000_000),
      ("294247-01-10 04:00:54.775806+00", .max - 1),
      ("infinity", .max),
      ("-infinity", .min),
    ]
    for (text, microseconds) in cases {
      let moment = Timestamp(microsecondsSinceEpoch: microseconds)
      let row = try await connection.query(
        "select $1::timestamptz as read, $2 = $1::timestamptz as same", text, moment
      ).one
      #expect(try row.decode("read", as: Timestamp.self) == moment, "\(text)")
      #expect(try row.decode("same", as: Bool.self), "\(text)")
    }
    let last = try await connection.query(
      "select '294276-12-31 23:59:59.999999+00'::timestamptz as last"
    ).one
    #expect { try last.decode("last", as: Timestamp.self) } throws: {
      "\($0)"
        == "column \"last\" (timestamptz, wanted Timestamp) lies beyond the year 294247"
    }
    let error = try await refusal {
      try await connection.query("select $1", Timestamp(microsecondsSinceEpoch: .min + 1))
    }
    #expect(
      error.description == "-9223372036854775807 is no moment PostgreSQL knows")
  }

  @Test func `dates count days from 1970`() async throws {
    let connection = try await TestDatabase.current.connection()
    let cases = [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2026-07-09", 20_643), ("2000-02-29", 11_016),
      ("4714-11-24 BC", -2_440_588), ("5874897-12-31", 2_145_042_905),
    ]
    for (text, days) in cases {
      let row = try await connection.query(
        "select $1::date as read, $2 = $1::date as same", text, Day(daysSinceEpoch: days)
      ).one
      #expect(try row.decode("read", as: Day.self).daysSinceEpoch == days)
      #expect(try row.decode("same", as: Bool.self))
    }
    let infinite = try await connection.query("select 'infinity'::date as d").one
    #expect { try infinite.decode("d", as: Day.self) } throws: {
      "\($0)" == "column \"d\" (date, wanted Day) is an infinite date"
    }
  }

  @Test func `spans keep months and days apart from time`() async throws {
    try await roundTrip([Interval(months: -14, days: 40, microseconds: -1)])
    try await roundTrip([Duration.microseconds(1), .seconds(-90), .milliseconds(250)])
    let connection = try await TestDatabase.current.connection()
    let row = try await connection.query(
      "select interval '1 day 2 hours' as s, $1::text as written", Duration.seconds(5400)
    ).one
    #expect(try row.decode("written", as: String.self) == "01:30:00")
    #expect(
      try row.decode("s", as: Interval.self) == Interval(days: 1, microseconds: 7_200_000_000))
    #expect { try row.decode("s", as: Duration.self) } throws: {
      "\($0)"
        == "column \"s\" (interval, wanted Duration) has months or days, whose length depends "
        + "on the calendar"
    }
  }

  @Test func `a number that is no amount is refused`() async throws {
    let connection = try await TestDatabase.current.connection()
    let tooLong = "(numeric, wanted Decimal) has more digits than a Decimal holds"
    let cases = [
      ("'NaN'", "(numeric, wanted Decimal) is NaN or infinite"),
      ("'Infinity'", "(numeric, wanted Decimal) is NaN or infinite"),
      ("'340282366920938463463374607431768211456'", tooLong),
      ("'0.12345678901234567890123456789012345678901'", tooLong),
      ("'1e-129'", tooLong), ("'1e128'", tooLong),
    ]
    for (literal, text) in cases {
      let binary = try await connection.query("select \(literal)::numeric as n").one
      #expect { try binary.decode("n", as: Decimal.self) } throws: {
        "\($0)" == "column \"n\" \(text)"
      }
      let written = try #require(
        try await connection.execute(script: "select \(literal)::numeric as n").last
      ).one
      #expect(throws: PostgresError.self) { try written.decode("n", as: Decimal.self) }
    }
    let error = try await refusal { try await connection.query("select $1", Decimal.nan) }
    #expect(error.description == "NaN is no amount")
  }

  @Test func `amounts at the edges are exact`() async throws {
    let connection = try await TestDatabase.current.connection()
    for text in [
      "0", "-0.00", "1", "0.0001", "0.00010", "9999.9999", "10000", "100000000.00000001", "1e127",
      "340282366920938463463374607431768211455", "-1e-128",
      "12340000000000000000000000000000000000",
    ] {
      let amount = try #require(Decimal(string: text))
      let row = try await connection.query(
        "select $1::numeric as read, $2 as back, $2 = $1::numeric as same", text, amount
      ).one
      #expect(try row.decode("read", as: Decimal.self) == amount, "\(text)")
      #expect(try row.decode("back", as: Decimal.self) == amount, "\(text)")
      #expect(try row.decode("same", as: Bool.self), "\(text)")
    }
  }

  @Test func `every amount is written as the server writes it, and read back the same`()
    async throws
  {
    var random = SeededRandom("amounts")
    let amounts = try (0..<4000).map { _ in
      let digits = (0..<Int.random(in: 1...38, using: &random)).map { _ in
        String(Int.random(in: 0...9, using: &random))
      }
      let sign = Bool.random(using: &random) ? "-" : ""
      let exponent = Int.random(in: -60...60, using: &random)
      return try #require(Decimal(string: "\(sign)\(digits.joined())e\(exponent)"))
    }
    let connection = try await TestDatabase.current.connection()
    let rows = try await connection.query(
      "select a, a::text as written from unnest($1) as a", amounts)
    let asText = try #require(
      try await connection.execute(
        script: "select a from (values "
          + amounts.map { "(\($0)::numeric)" }.joined(separator: ",") + ") as v(a)"
      ).last)
    #expect(rows.count == amounts.count)
    for ((amount, row), written) in zip(zip(amounts, rows), asText) {
      #expect(try row.decode("a", as: Decimal.self) == amount)
      #expect(try row.decode("written", as: String.self) == amount.description)
      #expect(try written.decode("a", as: Decimal.self) == amount)
    }
  }
}
