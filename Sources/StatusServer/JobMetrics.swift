import JobStore
import Jobs
import TradingTime

/// Families with one sample for each job.
extension Metrics {
  func addJobs(_ overview: Overview, _ page: inout Prometheus) {
    let jobs = overview.jobs
    // Whatever was read ages on while nothing can be read.
    let sinceRead = (snapshot.overview?.ageSeconds ?? 0) * speed
    let now = overview.clock.jobTime + .seconds(sinceRead)
    func each(
      _ name: String, _ help: String, _ value: (JobOverview) -> Double?
    ) {
      page.family(
        name, help, jobs.compactMap { job in value(job).map { ([("job", job.name)], $0) } })
    }
    page.family(
      "muhurat_job_health", "1 for the job's present level: \(Self.levels).",
      jobs.map { ([("job", $0.name), ("level", $0.health.level.rawValue)], 1) })
    each("muhurat_job_active_runs", "Runs that hold their lock.") { Double($0.activeRuns) }
    each("muhurat_job_ready_runs", "Runs that wait to be claimed.") { Double($0.readyRuns) }
    each("muhurat_job_unknown_runs", "Runs whose outcome a person must look into.") {
      Double($0.unknownRuns)
    }
    each("muhurat_job_held_slots", "Slots that wait for approval.") { Double($0.heldSlots) }
    each("muhurat_job_skips_in_a_row", "Newest slots that were skipped; counted up to eight rows.")
    {
      Double($0.skipsInARow)
    }
    each("muhurat_job_paused", "1 while an operator's pause is in force.") {
      $0.pause == nil ? 0 : 1
    }
    each("muhurat_job_next_slot_seconds", "Seconds to the next slot, on the job's clock.") { job in
      job.nextSlot.map { ($0 - now) / .seconds(1) }
    }
    each("muhurat_job_undecided_seconds", "How long the oldest undecided slot is due.") { job in
      job.undecidedSince.map { (now - $0) / .seconds(1) } ?? 0
    }
    each(
      "muhurat_job_last_success_timestamp_seconds",
      "When every item had succeeded last, by the database's clock."
    ) { $0.lastSuccessAt?.secondsSinceEpochExactly }
    each("muhurat_job_last_lateness_seconds", "Of the last run: from due to the first claim.") {
      $0.lastRun?.latenessSeconds
    }
    each("muhurat_job_last_duration_seconds", "Of the last run: from start to end.") {
      $0.lastRun?.durationSeconds
    }
  }

  private static let levels = Health.Level.allCases.map(\.rawValue).joined(separator: ", ")
}
