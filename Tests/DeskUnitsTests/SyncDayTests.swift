import Desk
import DeskStore
import Jobs
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `A sync, asked for at another time or for another account` {
  @Test func `a day that is over cannot be mirrored`() async throws {
    let bench = try await Bench.open()
    let ran = try await bench.run("sync-positions", on: thursday)
    #expect(ran.result.verdict == .noData)
    #expect(
      ran.log == [
        "the broker shows only today's books; those of 2026-11-19 cannot be mirrored any more"
      ])
    #expect(bench.broker.asked() == [])
  }

  @Test func `the books of a day of rest are nobody's`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.set(clock: "2026-11-21T05:58:00+05:30")
    #expect(try await bench.run("sync-positions").result.verdict == .ok)
    try await bench.set(clock: "2026-11-21T05:59:00+05:30")
    #expect(
      try await bench.run("sync-positions").result.verdict == .ok, "until six it is Friday's day")
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 5, net: 5, code: 1594)])
    try await bench.set(clock: "2026-11-21T06:00:00+05:30")
    #expect(try await bench.run("sync-positions").result.verdict == .noData)
    #expect(try await bench.count("desk.position where closed_at is not null") == 0)
  }

  @Test func `the first sync of all may be on a day of rest`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.set(clock: "2026-11-21T10:00:00+05:30")
    #expect(
      try await bench.run("sync-positions").result.verdict == .ok,
      "there is nothing on record that it could spoil")
  }

  @Test func `it works for an account that there is, and that is enabled`() async throws {
    let bench = try await Bench.open()
    #expect(
      try await bench.failure("sync-positions", item: nil)
        == "plain: sync-positions works on one account at a time; its job needs 'for_each: account', a manual run '--item ACCOUNT'"
    )
    #expect(
      try await bench.failure("sync-positions", item: "ravi")
        == "DeskRefusal: no account 'ravi'; run: muhurat account list")
    try await bench.desk.change("asha", isEnabled: false, on: bench.pool)
    #expect(try await bench.failure("sync-positions") == "plain: account 'asha' is disabled")
  }
}
