import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `What job files may name` {
  private func closed(
    _ bench: Bench, item: String? = "asha", _ needs: Needs
  ) async throws -> String? {
    var job = Job(name: "x", work: .unit("sync-positions"), timeout: .seconds(1))
    job.needs = needs
    return try await bench.workshop().closedNeed(of: job, item: item, on: bench.pool)
  }

  private func fresh(_ what: String, _ within: Duration) -> Needs {
    Needs(fresh: [.init(of: what, within: within)])
  }

  @Test func `the names are those of the shipped jobs`() async throws {
    let catalogue = try await Bench.open().workshop().catalogue
    #expect(
      catalogue.units.map { "\($0.name) gives \($0.resultKind), idempotent: \($0.isIdempotent)" }
        == [
          "sync-positions gives sync, idempotent: true",
          "update-prices gives prices, idempotent: true",
          "strategy-tick gives targets, idempotent: false",
          "reconcile gives reconciliation, idempotent: true",
          "analytics-rollup gives analytics, idempotent: true",
          "end-of-day-report gives report, idempotent: true",
          "prune-history gives pruning, idempotent: true",
          "load-contracts gives contracts, idempotent: true",
        ])
    #expect(catalogue.items == ["account"])
    #expect(catalogue.freshness == ["positions", "prices"])
    #expect(catalogue.gates == ["kill-switch-off"])
  }

  @Test func `every enabled account is an item`() async throws {
    let bench = try await Bench.open()
    for (id, customer) in [("zubin", "3"), ("ravi", "2")] {
      try await bench.desk.add(
        Account(id: id, customerID: customer, mode: .paper, isEnabled: id == "zubin"),
        on: bench.pool)
    }
    let source = try #require(try bench.workshop().source(named: "account"))
    #expect(try await source.list(bench.pool) == ["asha", "zubin"])
  }

  @Test func `signed in is the item's own sign-in`() async throws {
    let bench = try await Bench.open()
    #expect(try await closed(bench, Needs(signedIn: true)) == nil)
    bench.broker.sign("asha", .notSignedIn(reason: "the token expired 2026-11-19T23:59:59+05:30"))
    #expect(
      try await closed(bench, Needs(signedIn: true))
        == "asha is not signed in: the token expired 2026-11-19T23:59:59+05:30; run: muhurat sign-in asha"
    )
    bench.broker.sign("asha", .signedIn(until: instant("2026-11-20T10:00:00+05:30")))
    #expect(
      try await closed(bench, Needs(signedIn: true))
        == "asha is not signed in: the sign-in ended 2026-11-20T10:00:00+05:30; run: muhurat sign-in asha"
    )
  }

  @Test func `a sign-in that ends before the session does is told ahead`() async throws {
    let bench = try await Bench.open()
    let workshop = try bench.workshop()
    func reason(_ until: String, item: String? = "asha") async throws -> String? {
      bench.broker.sign("asha", .signedIn(until: instant(until)))
      return try await workshop.notSignedIn(
        job: "sync-positions", item: item, through: instant("2026-11-20T15:30:00+05:30"),
        on: bench.pool)
    }
    #expect(try await reason("2026-11-20T15:30:01+05:30") == nil)
    for item in ["asha", nil] {
      #expect(
        try await reason("2026-11-20T13:00:00+05:30", item: item)
          == "asha's sign-in ends 2026-11-20T13:00:00+05:30, before the session does; "
          + "run: muhurat sign-in asha")
    }
    #expect(
      try await reason("2026-11-20T10:00:00+05:30")
        == "asha is not signed in: the sign-in ended 2026-11-20T10:00:00+05:30; "
        + "run: muhurat sign-in asha")
  }

  @Test func `without items any sign-in will do`() async throws {
    let bench = try await Bench.open()
    try await bench.desk.add(
      Account(id: "ravi", customerID: "2", mode: .paper), on: bench.pool)
    #expect(try await closed(bench, item: nil, Needs(signedIn: true)) == nil)
    bench.broker.sign("asha", .notSignedIn(reason: "the broker refused the token"))
    #expect(
      try await closed(bench, item: nil, Needs(signedIn: true))
        == "asha is not signed in: the broker refused the token; run: muhurat sign-in asha; ravi is not signed in: nobody has signed in; run: muhurat sign-in ravi"
    )
    for id in ["asha", "ravi"] {
      try await bench.desk.change(id, isEnabled: false, on: bench.pool)
    }
    #expect(
      try await closed(bench, item: nil, Needs(signedIn: true))
        == "no account is enabled; run: muhurat account add")
  }

  @Test func `positions are as old as their sync`() async throws {
    let bench = try await Bench.open()
    let needs = fresh("positions", .seconds(60))
    #expect(try await closed(bench, needs) == "no positions of asha on record")
    bench.trade()
    try await bench.run("sync-positions")
    try await bench.set(clock: "2026-11-20T11:01:00+05:30")
    #expect(try await closed(bench, needs) == nil)
    try await bench.set(clock: "2026-11-20T11:03:12+05:30")
    #expect(
      try await closed(bench, needs) == "positions of asha are 3m12s old, needed 60s")
    #expect(
      try await closed(bench, item: nil, needs) == "positions of asha are 3m12s old, needed 60s")
  }

  @Test func `prices are as old as the exchange says`() async throws {
    let bench = try await Bench.open()
    let needs = fresh("prices", .seconds(30))
    #expect(try await closed(bench, needs) == "no prices on record")
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.run("update-prices", item: nil)
    #expect(try await closed(bench, needs) == nil)
    try await bench.set(clock: "2026-11-20T11:00:29+05:30")
    #expect(try await closed(bench, needs) == "prices are 32s old, needed 30s")
  }

  @Test func `the kill switch is off until somebody sets it`() async throws {
    let bench = try await Bench.open()
    let needs = Needs(gates: ["kill-switch-off"])
    #expect(try await closed(bench, needs) == nil)
    try await KillSwitch.set(
      .haltEntries, scope: "asha", by: "meera", reason: "margin call", in: bench.desk,
      on: bench.pool)
    #expect(
      try await closed(bench, needs)
        == "the kill switch is at HALT_ENTRIES for asha, set by meera: margin call")
    #expect(try await closed(bench, item: "ravi", needs) == nil)
    // As an operator would, with nothing but psql.
    try await bench.pool.query(
      "update desk.kill_switch set level = 'HALT_ALL', changed_by = 'asha', reason = 'news'")
    #expect(
      try await closed(bench, item: "ravi", needs)
        == "the kill switch is at HALT_ALL, set by asha: news")
    try await KillSwitch.set(.none, by: "asha", reason: "over", in: bench.desk, on: bench.pool)
    #expect(try await closed(bench, item: "ravi", needs) == nil)
    #expect(
      try await bench.lines(
        "select concat_ws(' ', scope, level, reason) from desk.kill_switch_change order by id") == [
          "* NONE never halted yet", "asha HALT_ENTRIES margin call", "* HALT_ALL news",
          "asha HALT_ALL news", "* NONE over",
        ])
  }

  @Test func `a level can be changed, but neither removed nor misspelt`() async throws {
    let bench = try await Bench.open()
    for (sql, expected) in [
      ("delete from desk.kill_switch", "23001"),
      ("update desk.kill_switch set level = 'HALT'", "23514"),
      ("delete from desk.kill_switch_change", "23001"),
    ] {
      do {
        try await bench.pool.query(sql)
        Issue.record("accepted: \(sql)")
      } catch let error as PostgresError {
        #expect(error.sqlState == expected, "\(sql): \(error)")
      }
    }
  }
}
