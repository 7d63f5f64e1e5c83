import TradingTime

extension AlarmRules {
  /// What was read from the tables about everything.
  static let ofTheTables: [AlarmRule] = [
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
  ]
}
