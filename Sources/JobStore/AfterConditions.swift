package import Jobs
import Postgres
import Threads
package import TradingTime

/// `after`: conditions on other jobs' runs of the same business date, manual ones included.
extension JobStore {
  /// The first condition that does not hold yet, with what was seen; nil if all hold.
  ///
  /// Of an upstream job with items, every item that has a run on that date must have met the
  /// condition; if both jobs have items, only the same item counts.
  package func unmetCondition(
    of job: Job, item: String?, on date: CivilDate
  ) async throws -> String? {
    for after in job.after {
      let rows = try await pool.query(
        """
        select coalesce(item, '') as item,
               bool_or(state = 'succeeded') as succeeded,
               bool_and(state not in ('ready', 'running', 'cancelling')) as settled,
               (array_agg(state order by id desc))[1] as newest
          from jobs.run
         where job = $1 and business_date = $2 and (item is null or $3::text is null or item = $3)
           and state not in ('superseded', 'skipped') and not dry_run
         group by coalesce(item, '')
         order by 1
        """, after.job, Day(date), item, deadline: .after(.seconds(5)))
      if rows.isEmpty { return "after \(after.job): it has no run on \(date)" }
      for row in rows {
        let isMet: Bool = try row.decode(after.condition == .succeeded ? "succeeded" : "settled")
        guard !isMet else { continue }
        let of = try row.decode("item", as: String.self)
        let which = of.isEmpty ? "" : " (\(of))"
        let state = try row.decode("newest", as: String.self)
        return "after \(after.job)\(which): on \(date) it is \(state)"
      }
    }
    return nil
  }
}
