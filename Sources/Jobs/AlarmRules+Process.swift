import TradingTime

extension AlarmRules {
  /// What this process knows of itself: judged with or without the database.
  static let ofThisProcess: [AlarmRule] = [
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
    AlarmRule(.feed) { facts in
      facts.feeds.filter { $0.span >= facts.limits.feed }.map { feed in
        Alarm(
          cause: "feed/\(feed.account)/\(facts.host)", kind: .feed, severity: .warning,
          scope: .host(facts.host),
          sentence: "the feed of \(feed.account) has brought nothing to \(facts.host) since "
            + "\(feed.since.told(in: facts.zone)): \(feed.reason)",
          nextStep: "prices come from the broker's quotes and candles meanwhile, later than the "
            + "feed's; if its token was refused: muhurat sign-in \(feed.account); else see the way "
            + "to the broker, and whether anything followed trades at all")
      }
    },
  ]
}
