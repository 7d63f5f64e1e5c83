import TradingTime

/// What alarms follow from which facts: the whole table, each line with its sentence and its next
/// step. Sentences name moments rather than ages, so that they stay true while an alarm stands.
package enum AlarmRules {
  /// Everything that stands now.
  package static func standing(_ facts: AlarmFacts) -> [Alarm] {
    table.flatMap { $0.find(facts) }
  }

  static func needsTables(kind: String) -> Bool {
    table.first { $0.kind.rawValue == kind }?.needsTables ?? true
  }

  static let table: [AlarmRule] = [
    // What this process knows of itself: judged with or without the database.
    AlarmRule(.database) { facts in
      guard let lost = facts.database, lost.span >= facts.limits.database else { return [] }
      return [
        Alarm(
          cause: "database", kind: .database, severity: .critical,
          sentence:
            "PostgreSQL has been out of reach since \(lost.since.told(in: facts.zone)): \(lost.reason)",
          nextStep: "start it or mend the way to it; until then nothing is decided or run, and "
            + "what was due is decided afterwards")
      ]
    },
    AlarmRule(.blind) { facts in
      guard let blind = facts.blind, blind.span >= facts.limits.blind else { return [] }
      return [
        Alarm(
          cause: "blind/\(facts.holder)", kind: .blind, severity: .critical,
          scope: .process(facts.holder),
          sentence: "\(facts.holder) has not been able to judge jobs since "
            + "\(blind.since.told(in: facts.zone)): \(blind.reason)",
          nextStep: "mend what the error names; until then this daemon raises no alarm about jobs")
      ]
    },
    AlarmRule(.loop) { facts in
      facts.loops.filter { !$0.isAlive }.map { loop in
        let since = facts.now - .seconds(Int64(loop.movedSecondsAgo))
        return Alarm(
          cause: "loop/\(loop.name)/\(facts.holder)", kind: .loop, severity: .critical,
          scope: .process(facts.holder),
          sentence: "the \(loop.name) loop of \(facts.holder) has stood still since "
            + since.told(in: facts.zone),
          nextStep: "restart muhurat on \(facts.host); under systemd its watchdog does, and what "
            + "it ran is taken over")
      }
    },
    AlarmRule(.clocksDisagree) { facts in
      facts.clock.suspicion.map { words in
        [
          Alarm(
            cause: "clocks-disagree/\(facts.host)", kind: .clocksDisagree, severity: .critical,
            scope: .host(facts.host), sentence: "on \(facts.host) \(words)",
            nextStep: "set both right (timedatectl, chronyc tracking); until they agree, jobs that "
              + "are not idempotent are held")
        ]
      } ?? []
    },
    AlarmRule(.clockStep) { facts in
      var seen: Set<ClockEvent.Kind> = []
      return facts.clock.events.filter {
        $0.ago < facts.limits.clockStep && $0.event.kind != .disagreement
          && seen.insert($0.event.kind).inserted
      }.map { event, _ in
        Alarm(
          cause: "\(event.kind.rawValue)/\(facts.host)", kind: .clockStep, severity: .warning,
          scope: .host(facts.host),
          sentence: "seen on \(facts.host) at \(event.at.told(in: facts.zone)): \(event.sentence)",
          nextStep: "muhurat why JOB TIME tells what became of a slot in between; "
            + "jobs.clock_event keeps the record")
      }
    },
    AlarmRule(.delivery) { facts in
      facts.delivery.compactMap { channel in
        guard let since = channel.failingSince, facts.now - since >= facts.limits.delivery else {
          return nil
        }
        let others = facts.delivery.filter { $0.failingSince == nil }.map(\.name)
        return Alarm(
          cause: "delivery/\(channel.name.rawValue)/\(facts.host)", kind: .delivery,
          severity: .critical, scope: .host(facts.host),
          sentence: "no \(channel.name.rawValue) of alarms gets through from \(facts.host) since "
            + "\(since.told(in: facts.zone)): \(channel.error ?? "no reason given")",
          nextStep: "muhurat config shows how it is sent; what waits goes out once it works",
          channels: others)
      }
    },

    // What was read from the tables about everything.
    AlarmRule(
      .decidedAhead,
      reading: { facts, tables in
        let ahead = tables.jobs.filter {
          $0.decidedThrough - tables.now > facts.limits.decidedAhead
        }
        guard !tables.isShifted, let last = ahead.map(\.decidedThrough).max() else { return [] }
        return [
          Alarm(
            cause: "decided-ahead", kind: .decidedAhead, severity: .critical,
            sentence: "\(ahead.names) decided up to \(last.told(in: facts.zone)), which has not "
              + "come yet: the database's clock ran ahead and was set back",
            nextStep: "nothing of it is due before then; what is missing can be run by hand: "
              + "muhurat run JOB")
        ]
      }),
    AlarmRule(
      .calendar,
      reading: { facts, tables in
        tables.calendars.compactMap { calendar in
          let left = calendar.endsOn.daysSinceEpoch - calendar.today.daysSinceEpoch
          let reached = facts.limits.calendarDays.count { left <= $0 } + (left < 0 ? 1 : 0)
          guard reached > 0 else { return nil }
          let end =
            left < 0 ? "ended on \(calendar.endsOn)" : "ends on \(calendar.endsOn), in \(left) days"
          let effect = left < 0 ? "held" : "to be held then"
          return Alarm(
            cause: "calendar/\(calendar.market)", kind: .calendar,
            severity: reached == 1 ? .notice : reached == 2 ? .warning : .critical, stage: reached,
            sentence: "the calendar of \(calendar.market) \(end); \(effect): "
              + calendar.jobs.joined(separator: ", "),
            nextStep: "add the exchange's next dates to its file, raise 'covers', and reload: "
              + "systemctl reload muhurat")
        }
      }),
    AlarmRule(
      .signIn,
      reading: { facts, tables in
        tables.signIns.map { missing in
          let isNow = missing.isOpen && !missing.isToEnd
          return Alarm(
            cause: "sign-in/\(missing.item ?? "-")/\(facts.host)", kind: .signIn,
            severity: isNow ? .critical : .warning, stage: isNow ? 2 : 1,
            scope: .host(facts.host), sentence: missing.reason,
            nextStep: "sign in now: \(missing.market) "
              + "\(missing.isOpen ? "opened" : "opens") at \(missing.opensAt.told(in: facts.zone)), "
              + "and \(missing.jobs.joined(separator: ", ")) cannot start without")
        }
      }),
    AlarmRule(
      .holds,
      reading: { _, tables in
        let held = tables.jobs.filter { job in
          // The calendar's own alarm says as much.
          job.isHeld.map { words in
            !tables.calendars.contains { words.hasPrefix("the calendar of \($0.market) ends") }
          } ?? false
        }
        return Dictionary(grouping: held) { $0.isHeld ?? "" }.map { words, jobs in
          Alarm(
            cause: "holds/\(words)", kind: .holds, severity: .critical,
            sentence: "\(jobs.names) held: \(words)",
            nextStep: "mend that and reload: systemctl reload muhurat")
        }.sorted { $0.cause < $1.cause }
      }),
    AlarmRule(
      .undecided,
      reading: { facts, tables in
        // Where the decider itself stands still, or holds on purpose, that has an alarm of its own.
        let stuck = facts.loops.contains { $0.name == "decide" && !$0.isAlive }
        let late = tables.jobs.filter { job in
          job.undecidedSince != nil && job.isHeld == nil
            && (facts.clock.suspicion == nil || job.job.idempotent)
        }
        guard !stuck,
          facts.hasSettled(facts.limits.settling) || facts.standing.contains("undecided"),
          let since = late.compactMap(\.undecidedSince).min()
        else { return [] }
        return [
          Alarm(
            cause: "undecided", kind: .undecided, severity: .critical,
            sentence: "no slot since \(since.told(in: facts.zone)) is decided of \(late.names)",
            nextStep: "see whether a daemon lives that knows these jobs: muhurat status; its log "
              + "names what it cannot do")
        ]
      }),

    // What was read about one job.
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
        "look at the broker and at muhurat runs \(job.name); only a person can say what happened")
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
