package import JobStore
import Postgres
package import TradingTime

/// A played day in figures, read from the tables when it is over.
package struct DaySummary: Hashable, Sendable {
  /// How many slots had which decision.
  package var slots: [String: Int] = [:]
  /// How many runs ended, or stand, in which state.
  package var runs: [String: Int] = [:]
  /// On the job's clock.
  package var greatestLateness: Duration?
  package var openBreaks = 0

  package static func read(_ date: CivilDate, from store: JobStore) async throws -> DaySummary {
    var summary = DaySummary()
    let slots = try await store.pool.query(
      """
      select decision, sum(slots)::bigint as count from jobs.slot where business_date = $1
       group by decision
      """, Day(date))
    for row in slots { summary.slots[try row["decision"]] = try row["count"] }
    let runs = try await store.pool.query(
      """
      select state, count(*) as count, max(lateness) as lateness from jobs.run
       where business_date = $1 group by state
      """, Day(date))
    for row in runs {
      summary.runs[try row["state"]] = try row["count"]
      if let lateness = try row.decode("lateness", as: Duration?.self) {
        summary.greatestLateness = Swift.max(summary.greatestLateness ?? lateness, lateness)
      }
    }
    summary.openBreaks = try await store.pool.query(
      "select count(*) as count from desk.discrepancy where state = 'open' and first_seen_on <= $1",
      Day(date)
    ).one["count"]
    return summary
  }

  /// How the runs with which a day ends stand.
  package static func states(
    of finale: DemoDay.Finale, from store: JobStore
  ) async throws -> [String] {
    try await store.pool.query(
      "select state from jobs.run where job = $1 and due_at = $2 order by item", finale.job,
      Timestamp(finale.dueAt)
    ).map { try $0.decode("state") }
  }

  /// `1,562 succeeded, 3 failed`: the most first.
  package static func words(_ counts: [String: Int]) -> String {
    let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\(grouped($0.value)) \($0.key)" }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  static func grouped(_ number: Int) -> String {
    var text = ""
    for (place, digit) in "\(number)".reversed().enumerated() {
      if place > 0, place.isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}
