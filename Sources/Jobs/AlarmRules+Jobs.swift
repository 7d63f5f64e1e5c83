import TradingTime

extension AlarmRules {
  /// What was read about one job.
  static let ofOneJob: [AlarmRule] = [
    .job(
      .okBy, .critical,
      all: { job, _, _ in
        job.health.brokenPromises.compactMap { broken in
          guard case .okBy(let time, let date) = broken else { return nil }
          return .init(
            suffix: "/\(date)",
            "\(job.name) of \(date) was not ok by \(time?.description ?? "its time")\(job.lastWords)",
            job.lastRun.map { "muhurat show \($0)" } ?? "muhurat why \(job.name)")
        }
      }),
    .job(.successWithin, .critical) { job, facts, tables in
      guard !job.isKept(by: tables.signIns),
        let (since, within) = job.unkept(facts)
      else { return nil }
      return .init(
        "\(job.name) has had no success since \(since.told(in: job.zone)); promised every "
          + "\(within.spelled)\(job.lastWords)", "muhurat why \(job.name)")
    },
    .job(.startWithin, .critical) { job, facts, tables in
      for case .start(let due, let within) in job.health.brokenPromises
      where job.hadTime(facts.limits.settling, for: .startWithin, facts)
        && !job.isKept(by: tables.signIns)
      {
        return .init(
          "\(job.name) of \(due.told(in: job.zone)) has not started; promised within "
            + within.spelled, "muhurat why \(job.name) says what keeps it")
      }
      return nil
    },
    .job(.failing, .critical) { job, _, _ in
      // A promise of successes allows for a failure in between, and says so when it does not.
      guard job.health.lastState == .failed, job.job.promise?.successWithin == nil else {
        return nil
      }
      return .init(
        "the last run of \(job.name) failed: \(job.health.lastReason ?? "no reason given")",
        job.lastRun.map { "muhurat show \($0)" } ?? "muhurat why \(job.name)")
    },
    .job(.unknown, .critical) { job, _, _ in
      let count = job.health.unknownRuns
      guard count > 0 else { return nil }
      return .init(
        stage: count,
        "\(count) outcome\(count == 1 ? "" : "s") of \(job.name) unknown: nobody can tell what it did",
        "look at the broker and at muhurat runs \(job.name), then say what happened: "
          + "muhurat acknowledge RUN --reason ...")
    },
    .job(.skips, .warning) { job, facts, _ in
      let count = job.health.skipsInARow
      guard count >= facts.limits.skips else { return nil }
      return .init(
        "the newest \(facts.limits.skips) slots or more of \(job.name) were skipped: "
          + (job.health.lastReason ?? "no reason given"),
        "muhurat why \(job.name) names the run in its way; muhurat cancel RUN ends it")
    },
    .job(.gate, .warning) { job, facts, tables in
      guard let gate = job.gate, !job.isKept(by: tables.signIns),
        gate.runs >= facts.limits.gatedRuns || tables.now - gate.since >= facts.limits.gate
      else { return nil }
      return .init(
        "\(job.name) has been kept from starting since \(gate.since.told(in: job.zone)): \(gate.reason)",
        "open what is closed, or pause the job with a reason: muhurat pause \(job.name)")
    },
    .job(.breaks, .warning) { job, _, _ in
      guard job.health.lastState == .succeeded, job.health.lastVerdict == .breaks else {
        return nil
      }
      return .init(
        "\(job.name) found breaks", job.lastRun.map { "muhurat show \($0)" } ?? "muhurat runs")
    },
    .job(.held, .warning) { job, _, _ in
      let count = job.health.heldSlots
      guard count > 0 else { return nil }
      return .init(
        stage: count,
        "\(count) slot\(count == 1 ? "" : "s") of \(job.name) came late and wait for a person",
        "muhurat approve lets them run; what is left alone does not")
    },
    .job(.pauseEnded, .notice) { job, _, _ in
      guard let pause = job.endedPause else { return nil }
      return .init(
        "the pause of \(job.name) by \(pause.by) (\(pause.reason)) ended at "
          + "\(pause.until.told(in: job.zone)) and was not lifted: it runs again",
        "muhurat resume \(job.name) puts the pause away; muhurat pause \(job.name) sets another")
    },
  ]
}
