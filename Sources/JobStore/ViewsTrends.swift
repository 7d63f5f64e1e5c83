import Jobs
import Postgres
import Threads
package import TradingTime

/// How a job's day has gone so far, small enough to send every few seconds.
package struct Trend: Codable, Hashable, Sendable {
  /// Of the newest claimed runs, oldest first.
  package var latenessSeconds: [Double]
  package var strip: [StripCell]

  package init(latenessSeconds: [Double] = [], strip: [StripCell] = []) {
    self.latenessSeconds = latenessSeconds
    self.strip = strip
  }

  enum CodingKeys: String, CodingKey {
    case latenessSeconds = "lateness_seconds"
    case strip
  }
}

/// What became of one stretch of the day.
package struct StripCell: Codable, Hashable, Sendable {
  package var bucket: Int
  /// The worst that happened in it: a run's state, `warn` for a verdict that is not `ok`, or the
  /// decision about a slot that was not run.
  package var worst: String
  /// How often each word was met.
  package var counts: [String: Int]

  package init(bucket: Int, worst: String, counts: [String: Int]) {
    self.bucket = bucket
    self.worst = worst
    self.counts = counts
  }

  /// From good to bad.
  static let order = [
    "succeeded", "closed", "superseded", "ready", "running", "cancelling", "skipped", "paused",
    "cancelled", "held", "gated", "expired", "missed", "warn", "failed", "unknown",
  ]

  static func rank(_ word: String) -> Int { order.firstIndex(of: word) ?? 0 }
}

/// The stretch of time that strips show, cut into equal buckets.
package struct StripSpan: Codable, Hashable, Sendable {
  package var from: Instant
  package var bucketSeconds: Int
  package var buckets: Int

  package init(from: Instant, bucketSeconds: Int = 900, buckets: Int = 96) {
    self.from = from
    self.bucketSeconds = bucketSeconds
    self.buckets = buckets
  }

  package var end: Instant { from + .seconds(bucketSeconds * buckets) }

  func bucket(_ instant: Instant) -> Int {
    Int((instant.microseconds - from.microseconds) / (Int64(bucketSeconds) * 1_000_000))
  }

  enum CodingKeys: String, CodingKey {
    case from
    case bucketSeconds = "bucket_seconds"
    case buckets
  }
}

extension JobStore {
  /// Three statements, whatever the number of jobs; each job's rows are found by its indexes.
  package func trends(of jobs: [String], over span: StripSpan) async throws -> [String: Trend] {
    let answers = try await pool.pipeline(
      [lateness(jobs), runCells(jobs, span), slotCells(jobs, span)], deadline: .after(.seconds(10)))
    var trends: [String: Trend] = [:]
    for row in answers[0] {
      trends[try row["job"], default: Trend()].latenessSeconds = try row["lateness"]
    }
    var counts: [String: [Int: [String: Int]]] = [:]
    for row in answers[1] {
      let bucket = try row.count("bucket")
      counts[try row["job"], default: [:]][bucket, default: [:]][try row["word"], default: 0] +=
        try row.count("runs")
    }
    for row in answers[2] {
      let first = max(span.bucket(try row.instant("due_at")), 0)
      let last = min(span.bucket(try row.instant("last")), span.buckets - 1)
      guard first <= last else { continue }
      // A span's slots lie evenly, near enough for a picture.
      let each = max(1, try row.count("slots") / (last - first + 1))
      for bucket in first...last {
        counts[try row["job"], default: [:]][bucket, default: [:]][
          try row["decision"], default: 0] += each
      }
    }
    for (job, cells) in counts {
      trends[job, default: Trend()].strip = cells.sorted { $0.key < $1.key }.map { bucket, words in
        let worst = words.keys.max { StripCell.rank($0) < StripCell.rank($1) } ?? ""
        return StripCell(bucket: bucket, worst: worst, counts: words)
      }
    }
    return trends
  }

  private func lateness(_ jobs: [String]) -> Statement {
    Statement(
      """
      select j.job, array_agg(extract(epoch from r.lateness)::float8 order by r.id) as lateness
        from unnest($1::text[]) as j(job)
        cross join lateral (
          select id, lateness
            from (select id, lateness from jobs.run
                   where job = j.job order by id desc limit 120) as newest
           where lateness is not null
           order by id desc limit 40) as r
       group by j.job
      """, jobs)
  }

  /// Runs by hand stand where they were asked for; they are among the newest or not of today.
  private func runCells(_ jobs: [String], _ span: StripSpan) -> Statement {
    Statement(
      """
      select j.job, floor(extract(epoch from r.at - $2) / $3)::bigint as bucket,
             case when r.state = 'succeeded' and res.verdict <> 'ok' then 'warn'
                  else r.state end as word,
             count(*) as runs
        from unnest($1::text[]) as j(job)
        cross join lateral (
          select id, state, due_at as at from jobs.run
           where job = j.job and due_at >= $2 and due_at < $4
          union all
          select id, state, ready_at
            from (select id, state, ready_at, due_at from jobs.run
                   where job = j.job and not dry_run order by id desc limit 200) as newest
           where due_at is null and ready_at >= $2 and ready_at < $4) as r
        left join jobs.result res on res.run_id = r.id
       group by 1, 2, 3
      """, jobs, Timestamp(span.from), Double(span.bucketSeconds), Timestamp(span.end))
  }

  private func slotCells(_ jobs: [String], _ span: StripSpan) -> Statement {
    Statement(
      """
      select job, due_at, coalesce(through, due_at) as last, decision, slots
        from jobs.slot
       where job = any($1) and due_at >= $2::timestamptz - interval '1 day' and due_at < $3
         and coalesce(through, due_at) >= $2 and decision not in ('run', 'closed')
      """, jobs, Timestamp(span.from), Timestamp(span.end))
  }
}
