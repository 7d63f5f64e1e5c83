import HTTPClient
import Postgres
import Sharekhan
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Keeping secrets out of the database` {
  private let apiKey = "PLANTED-API-KEY-7b1e55c2"
  private let secretKey = "PLANTED-SECRET-KEY-32-BYTES-LONG"
  private let token =
    "PLANTED.eyJhbGciOiJIUzI1NiJ9.VGhpcyBpcyBubyByZWFsIHRva2VuIGF0IGFsbA.c2lnbmF0dXJl"

  private func client(_ broker: LoopbackBroker, _ bench: Bench) throws -> SharekhanClient {
    let store = SignInStore(directory: bench.folder.path + "/sign-in")
    try store.keep(
      AccessToken(
        token: Secret(token), customerID: "1000001", loginID: "ASHA1",
        expiresAt: instant("2026-11-20T23:59:59+05:30")), for: "asha")
    return try SharekhanClient(
      SharekhanSettings(
        base: "http://127.0.0.1:\(broker.port)/skapi", readsPerSecond: 1000,
        requestTimeLimit: .seconds(30), firstPause: .milliseconds(1)), web: WebClient(),
      store: store,
      credentials: { _ in
        Credentials(
          apiKey: Secret(apiKey), secretKey: Secret(secretKey), vendorKey: Secret(apiKey + "V"))
      }, now: { bench.now })
  }

  /// Every value of every table of both wings, as text; bytes both as they are and as hexadecimal.
  private func everything(_ bench: Bench) async throws -> String {
    let tables = try await bench.lines(
      """
      select format('%I.%I', schemaname, tablename) from pg_tables
      where schemaname in ('desk', 'jobs') order by 1
      """)
    #expect(tables.count > 20, "these are not all tables: \(tables)")
    var text = ""
    for table in tables {
      text += try await bench.lines("select to_jsonb(t)::text from \(table) as t").joined()
    }
    return text
      + (try await bench.lines("select convert_from(body, 'utf8') from desk.vault").joined())
  }

  @Test func `no key and no token is in any table, whatever came of the runs`() async throws {
    let bench = try await Bench.open()
    let broker = try LoopbackBroker()
    let client = try client(broker, bench)
    broker.answer(
      "reports/1000001", data: "[\(Wire.order("501", 100, executed: 100, average: "1449.5"))]")
    broker.answer("trades/1000001", data: "[\(Wire.position(bought: 100, net: 100))]")
    broker.answer("holdings/1000001", data: "[\(Wire.holding("INFY", 50))]")
    broker.answer(
      "master/NC",
      data: "[\(Wire.instrument(2885, "RELIANCE")),\(Wire.instrument(1594, "INFY"))]")
    try await bench.run("sync-positions", broker: client)
    try await bench.run("update-prices", item: nil, broker: client)
    try await bench.run("reconcile", broker: client)
    try await bench.run("end-of-day-report", item: nil, broker: client)
    // A broker that refuses the token, and one that repeats it.
    broker.answer("reports/1000001", 403, data: "\"\(token)\"")
    await #expect(throws: (any Error).self) {
      try await bench.run("sync-positions", broker: client)
    }

    // Both are on record, the token starred out.
    let stars = String(repeating: "*", count: token.utf8.count)
    #expect(
      Set(
        try await bench.lines(
          "select convert_from(body, 'utf8') from desk.vault where status = 403")) == [
          #"{"status":403,"message":"loopback","data":"\#(stars)"}"#
        ])

    let shown = broker.headers.joined(separator: "\n")
    #expect(
      shown.contains(token) && shown.contains(apiKey), "the broker was not shown what it needs")
    #expect(try await bench.count("desk.vault") > 5)
    let text = try await everything(bench)
    #expect(text.contains("RELIANCE"), "the tables were not read")
    for secret in [apiKey, secretKey, token] {
      let hex = secret.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      #expect(!text.contains(secret) && !text.contains(hex), "a secret is in the database")
    }
  }
}
