import Jobs
import JobStore
import Logging
import Postgres
import Threads
import TradingTime

/// Takes one claim to its settlement.
///
/// The way of an attempt, one line a stage; every way out of `run` leaves the run settled, handed
/// back, or lost to somebody who has taken it over.
struct AttemptRunner: Sendable {
  let control: JobStore
  /// For the unit's own transactions, so that they cannot starve renewals.
  let work: JobStore
  let workshop: Workshop
  let settings: RunnerSettings
  let clock: JobClock
  let writer: SettlementWriter
  let log: Logger

  /// What became of the attempt.
  enum End: Sendable {
    case settled(Ending, Settlement)
    /// Not started: the condition it waits for.
    case waiting(String)
    /// Not started and ended: expired, or gated.
    case ended(RunState, reason: String)
    /// Taken over by another; whatever came of it here was dropped.
    case lost
  }

  func run(_ active: ActiveAttempt) async -> End {
    do {
      // Claimed while we were told to leave: nothing is asked about what does not begin.
      guard active.cause == nil else { return await unbegun(active) }
      let job = try await control.job(of: active.claim)
      if let end = try await refusal(active.claim, job) { return end }
      let transcript = Transcript(
        limit: job.outputLimit, hiding: work.pool.settings.writtenSecrets)
      guard let unit = unit(of: job, transcript, active) else {
        return await handedBack(active.claim, "this muhurat has no unit '\(job.work.word)'")
      }
      if case .command = job.work { active.allow(grace: job.grace) }
      guard try await mayStart(active) else { return await unbegun(active) }
      // Beyond this point the attempt is on record; every way out must settle it.
      let attempt = Attempt(
        claim: active.claim, job: job, store: work, deadline: .after(job.timeout),
        transcript: transcript)
      let ending = await perform(unit, attempt, active)
      // A renewal that finds a finished run ended takes it for lost.
      if let result = attempt.finishedResult { return told(.succeeded(result), attempt) }
      guard let ending, active.cause != .lost else { return .lost }
      return await settle(ending, attempt)
    } catch {
      return await handedBack(active.claim, "it could not be prepared: \(error)")
    }
  }

  // MARK: Before the start

  /// Checked again right before the start: waiting for a worker also makes data stale.
  private func refusal(_ claim: Claim, _ job: Job) async throws -> End? {
    if let expiresAt = claim.expiresAt, let now = clock.now, now >= expiresAt {
      if let condition = claim.waitedFor {
        let reason = "waited until it expired: \(condition)"
        try await control.endUnstarted(claim, as: .gated, because: reason)
        return .ended(.gated, reason: reason)
      }
      let reason = "claimed \((now - expiresAt).roundedWords) after it expired at \(expiresAt)"
      try await control.endUnstarted(claim, as: .expired, because: reason)
      return .ended(.expired, reason: reason)
    }
    guard let closed = try await closedCondition(claim, job) else { return nil }
    // A person who asks now wants the answer now.
    guard claim.expiresAt != nil else {
      try await control.endUnstarted(claim, as: .gated, because: closed)
      return .ended(.gated, reason: closed)
    }
    return await handedBack(claim, closed)
  }

  /// `after` binds scheduled runs only; `needs` binds every run.
  private func closedCondition(_ claim: Claim, _ job: Job) async throws -> String? {
    if claim.trigger != .manual, !job.after.isEmpty,
      let unmet = try await control.unmetCondition(
        of: job, item: claim.item, on: claim.businessDate)
    {
      return unmet
    }
    if job.needs.isEmpty { return nil }
    return try await workshop.closedNeed(of: job, item: claim.item, on: work.pool)
  }

  private func handedBack(_ claim: Claim, _ reason: String) async -> End {
    let now = clock.now ?? claim.readyAt
    return await giveBack(claim, until: now + settings.conditionPause, waitingFor: reason)
      ? .waiting(reason) : .lost
  }

  private func giveBack(
    _ claim: Claim, until readyAt: Instant, waitingFor: String?
  ) async -> Bool {
    // In a task of its own: a process that is leaving hands back too.
    let giving = Task { [control] in
      try await control.handBack(claim, until: readyAt, waitingFor: waitingFor)
    }
    do {
      return try await giving.value
    } catch {
      // The lease will end and somebody will rescue it; without a start mark nothing was done.
      log.warning("a claim could not be handed back", metadata: [LogKey.error: "\(error)"])
      return false
    }
  }

  /// After this the unit begins, unless somebody tells it to stop in between, which it then sees.
  private func mayStart(_ active: ActiveAttempt) async throws -> Bool {
    guard active.begin() else { return false }
    return active.claim.isIdempotent ? true : try await control.markStarted(active.claim)
  }

  /// Claimed and not to begin: cancelled meanwhile, not ours for long enough, or we are leaving.
  private func unbegun(_ active: ActiveAttempt) async -> End {
    guard await giveBack(active.claim, until: active.claim.readyAt, waitingFor: nil) else {
      return .lost
    }
    if case .cancelled(let reason)? = active.cause {
      return .ended(.cancelled, reason: reason ?? "cancelled before it began")
    }
    return .waiting("this muhurat may not begin it")
  }

  /// Where a claim's attempt is to run: beside its answers, if its unit mostly waits for them. Nil says
  /// the cooperative pool; so does a definition that was never read, which costs its first attempt a
  /// little time.
  func place(of claim: Claim) -> (any TaskExecutor)? {
    guard case .unit(let name)? = control.knownJob(of: claim)?.work else { return nil }
    return workshop.unit(named: name)?.mostlyWaits == true ? PollThread.units : nil
  }

  private func unit(
    of job: Job, _ transcript: Transcript, _ active: ActiveAttempt
  ) -> (any WorkUnit)? {
    switch job.work {
    case .unit(let name): return workshop.unit(named: name)
    case .command: return ProgramUnit(output: transcript, whenOutOfTime: active.whenOutOfTime)
    case .sql: return ScriptUnit()
    case .http: return CallUnit()
    }
  }

  // MARK: The attempt

  /// Runs the unit under its deadline; the unit is waited for to its very end, because a lock that
  /// is freed while its unit still works is no lock.
  private func perform(
    _ unit: any WorkUnit, _ attempt: Attempt, _ active: ActiveAttempt
  ) async -> Ending? {
    let work = Task(executorPreference: place(of: attempt.claim)) { try await unit.run(attempt) }
    active.whenStopped { work.cancel() }
    let limit = PollThread.shared.setAlarm(at: .after(attempt.job.timeout)) {
      active.stop(.timedOut)
    }
    defer { PollThread.shared.callOff(limit) }
    switch await work.result {
    case .success(let result): return checked(result, attempt.job)
    case .failure(let error):
      if error is ClaimLost {
        active.stop(.lost)
        return nil
      }
      return ending(of: error, active.cause, attempt.job)
    }
  }

  private func checked(_ result: RunResult, _ job: Job) -> Ending {
    job.refusal(of: result).map { .failed($0) } ?? .succeeded(result)
  }

  private func ending(of error: any Error, _ cause: StopCause?, _ job: Job) -> Ending? {
    // A unit that knows it may have done something says more than why it was stopped.
    if cause != .lost, let failure = error as? UnitFailure, failure.outcome == .unknown {
      return FailureWords.ending(of: error, isIdempotent: job.idempotent)
    }
    switch cause {
    case nil: return FailureWords.ending(of: error, isIdempotent: job.idempotent)
    case .timedOut?:
      return Ending(.timedOut, error: "no end within its timeout of \(job.timeout.spelled)")
    case .cancelled(let reason)?: return Ending(.cancelled, error: reason)
    case .draining?: return Ending(.interrupted, error: "this muhurat was stopped")
    case .leaseEnding?:
      return Ending(.interrupted, error: "the database was out of reach and the lease was ending")
    case .lost?: return nil
    }
  }

  // MARK: After the end

  private func settle(_ ending: Ending, _ attempt: Attempt) async -> End {
    let settlement = settlement(after: ending, attempt)
    let answer = await writer.settle(attempt.ended(ending, settlement))
    note(ending, settlement, attempt.claim, answer)
    return answer == .written ? .settled(ending, settlement) : .lost
  }

  /// Settled already, by the commit of its own work.
  private func told(_ ending: Ending, _ attempt: Attempt) -> End {
    let settlement = settlement(after: ending, attempt)
    note(ending, settlement, attempt.claim, .written)
    return .settled(ending, settlement)
  }

  private func settlement(after ending: Ending, _ attempt: Attempt) -> Settlement {
    let claim = attempt.claim
    return Settlement.following(
      ending,
      of: .init(
        attempt: claim.attempt, isIdempotent: claim.isIdempotent, retry: attempt.job.retry,
        isCancelling: ending.outcome == .cancelled, expiresAt: claim.expiresAt,
        isDryRun: claim.isDryRun),
      now: clock.now ?? claim.readyAt, chance: Double.random(in: 0...1))
  }

  /// One line for each attempt.
  private func note(
    _ ending: Ending, _ settlement: Settlement, _ claim: Claim, _ answer: SettlementWriter.Answer
  ) {
    var facts: Logger.Metadata = [
      LogKey.job: "\(claim.job)", LogKey.run: "\(claim.run)", LogKey.attempt: "\(claim.attempt)",
      LogKey.outcome: "\(ending.outcome.rawValue)", LogKey.fence: "\(claim.fence)",
    ]
    if let item = claim.item { facts[LogKey.item] = "\(item)" }
    if let slot = claim.dueAt { facts[LogKey.slot] = "\(slot)" }
    if let error = ending.error { facts[LogKey.error] = "\(error)" }
    if let verdict = ending.result?.verdict { facts[LogKey.verdict] = "\(verdict.rawValue)" }
    switch (answer, settlement.state) {
    case (.lost, _):
      log.warning("a run was taken over; its outcome here is dropped", metadata: facts)
    case (_, .ready): log.warning("an attempt ended; the run will be tried again", metadata: facts)
    case (_, .unknown):
      log.error("an outcome is unknown: a person must look, then `muhurat show`", metadata: facts)
    case (_, .failed): log.error("a run failed", metadata: facts)
    default: log.notice("a run settled", metadata: facts)
    }
  }
}
