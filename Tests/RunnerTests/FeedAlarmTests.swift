import HTTPClient
import Jobs
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `A feed that brings nothing` {
  @Test func `is one alarm, which its prices clear`() async throws {
    let server = try CallServer(CallServer.answer(200))
    let bench = try EngineBench()
    let missing = Locked([AlarmFacts.FeedFacts]())
    let runner = bench.daemon(
      "desk-1/boot/1/one",
      .quick(
        .webhook(
          Secret(server.url + "/hook"), token: nil, from: "paper on desk-1", client: WebClient())))
    runner.alarms?.ask { missing.withLock { $0 } }
    try await bench.watching(runner) {
      missing.withLock {
        $0 = [
          .init(
            account: "asha", since: Instant(secondsSinceEpoch: 1_783_598_400), span: .seconds(121),
            reason: "the connection broke")
        ]
      }
      try await eventually("it is said") { server.alarms.count >= 1 }
      missing.withLock { $0[0].reason = "the broker refused the connection (502)" }
      let before = runner.report.alarms?.judgedAt
      try await eventually("it is judged again") { runner.report.alarms?.judgedAt != before }
      missing.withLock { $0 = [] }
      try await eventually("its end is said") { server.alarms.count >= 2 }
    }
    #expect(server.alarms == ["raised feed/asha/desk-1", "cleared feed/asha/desk-1"])
    #expect(
      try await bench.texts("select kind || ' ' || severity || ' ' || scope from jobs.alarm")
        == ["feed warning host:desk-1"])
  }
}
