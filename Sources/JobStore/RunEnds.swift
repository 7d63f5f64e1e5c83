package import Jobs
import Postgres
import Threads
import TradingTime

extension JobStore {
  /// How a run ended, for who waits for it.
  package struct RunEnd: Sendable, Hashable {
    package var state: RunState
    package var reason: String?
    package var result: RunResult?
  }

  /// nil while it has not ended.
  package func end(of run: Int64) async throws -> RunEnd? {
    try await pool.query(
      """
      select r.state, r.reason, f.kind, f.verdict, f.figures, f.rows
        from jobs.run r left join jobs.result f on f.run_id = r.id
       where r.id = $1 and r.finished_at is not null
      """, run, deadline: .after(.seconds(2))
    ).first.map { row in
      var end = RunEnd(state: try row.word("state"), reason: try row["reason"], result: nil)
      if let kind = try row.decode("kind", as: String?.self) {
        end.result = RunResult(
          kind: kind, verdict: try row.word("verdict"),
          figures: try row.decode("figures", as: JSONText.self).decoded(),
          rows: try row.decode("rows", as: JSONText.self).decoded())
      }
      return end
    }
  }
}
