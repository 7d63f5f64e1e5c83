package import Jobs
import Postgres
import Threads

/// What the newest runs say of each job, for metrics: counts by state, lateness and duration.
package struct RecentFigures: Hashable, Sendable {
  package static let window = Duration.seconds(3600)
  package static let quantiles = [0.5, 0.9, 0.99]

  package var runs: [RunCount]
  package var jobs: [JobFigures]

  package struct RunCount: Hashable, Sendable {
    package var job: String
    package var state: RunState
    package var count: Int
  }

  package struct JobFigures: Hashable, Sendable {
    package var job: String
    /// One for each of `quantiles`; empty if no run of the window was claimed, or ended.
    package var lateness: [Double]
    package var duration: [Double]
  }
}

extension JobStore {
  /// Of the last hour, and of the newest 50,000 runs at most: `jobs.run` is read by its key and no
  /// index is kept for this alone.
  package func recentFigures() async throws -> RecentFigures {
    let answers = try await pool.pipeline(
      [
        Statement(
          """
          select job, state, count(*) as runs
            from jobs.run
           where id > (select coalesce(max(id), 0) - 50000 from jobs.run)
             and created_at > clock_timestamp() - $1::interval
           group by job, state
           order by job, state
          """, RecentFigures.window),
        Statement(
          """
          select job,
                 coalesce(
                   percentile_cont($2::float8[])
                     within group (order by extract(epoch from lateness)::float8)
                     filter (where lateness is not null), '{}') as lateness,
                 coalesce(
                   percentile_cont($2::float8[])
                     within group (order by extract(epoch from finished_at - started_at)::float8)
                     filter (where finished_at is not null and started_at is not null), '{}')
                   as duration
            from jobs.run
           where id > (select coalesce(max(id), 0) - 50000 from jobs.run)
             and created_at > clock_timestamp() - $1::interval
           group by job
           order by job
          """, RecentFigures.window, RecentFigures.quantiles),
      ], deadline: .after(.seconds(10)))
    return RecentFigures(
      runs: try answers[0].map {
        .init(job: try $0["job"], state: try $0.word("state"), count: try $0.count("runs"))
      },
      jobs: try answers[1].map {
        .init(job: try $0["job"], lateness: try $0["lateness"], duration: try $0["duration"])
      })
  }
}
