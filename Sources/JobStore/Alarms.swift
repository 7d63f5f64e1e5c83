package import Jobs
import Postgres
package import TradingTime
import Threads

/// `jobs.alarm` and `jobs.alarm_message`: what stands, and what is to be said of it by whom.
extension JobStore {
  /// What came of keeping the alarms.
  package struct KeptAlarms: Sendable {
    /// What stands, and what was cleared within a day.
    package var book: AlarmBook
    /// The server's clock.
    package var now: Instant
    /// Ways by which something is to be said that nobody has in hand.
    package var due: Set<AlertChannel>
  }

  /// Judges the alarms on record by what was found, and puts what is to be said beside them, in one
  /// transaction: an alarm that stands is said, by whoever of all daemons is first.
  ///
  /// The advisory lock ends with the transaction. Without it two daemons that find the same trouble
  /// at the same moment would both see it unsaid.
  ///
  /// - Parameters:
  ///   - own: what this process judged by itself while it had no database, with the clock it did
  ///     so by.
  ///   - channels: the ways there are, for what is said by all of them.
  /// - Returns: nil if another daemon is at it; it judges the same facts.
  package func keepAlarms(
    _ standing: [Alarm], own: (entries: [AlarmBook.Entry], now: Instant)?, host: String,
    asOf: Instant?, readsTables: Bool, channels: [AlertChannel], manners: AlarmBook.Manners
  ) async throws -> KeptAlarms? {
    try await brief(within: .seconds(4)) { tx in
      let isFree: Bool = try await tx.query(
        "select pg_try_advisory_xact_lock(hashtextextended('jobs.alarm', 0)) as free"
      ).one["free"]
      guard isFree else { return nil }
      let (read, now) = try await alarms(on: tx)
      var book = AlarmBook(read)
      var changed: Set<String> = []
      if let own {
        let entries = own.entries.map { $0.shifted(by: now - own.now) }
        changed = book.adopt(entries) { $0 == .host(host) || $0 == .process(holder) }
      }
      let outcome = book.judge(
        standing,
        .init(
          holder: holder, host: host, asOf: asOf ?? now, now: now, readsTables: readsTables,
          manners: manners))
      changed.formUnion(outcome.changed)
      try await write(changed.sorted().compactMap { book.entries[$0] }, on: tx)
      try await write(outcome.messages, channels, on: tx)
      return KeptAlarms(book: book, now: now, due: try await dueChannels(on: tx))
    }
  }

  /// What stands, and what was cleared within a day.
  package func alarms() async throws -> AlarmBook {
    try await pool.transaction(deadline: .after(.seconds(5))) { tx in
      AlarmBook(try await alarms(on: tx).0)
    }
  }

  private func alarms(on tx: any Queryable) async throws -> ([AlarmBook.Entry], Instant) {
    let rows = try await tx.query(
      """
      select cause, kind, severity, stage, scope, job, sentence, next_step, channels, since,
             judged_at, said_at, said_stage, cleared_at, times
        from jobs.alarm
       where cleared_at is null or cleared_at > clock_timestamp() - interval '1 day'
       order by cause
      """)
    let now = try await tx.query("select clock_timestamp() as now").one.instant("now")
    return (try rows.map(AlarmBook.Entry.init(row:)), now)
  }

  private func write(_ entries: [AlarmBook.Entry], on tx: any Queryable) async throws {
    for entry in entries {
      try await tx.query(
        """
        insert into jobs.alarm (cause, kind, severity, stage, scope, job, sentence, next_step,
               channels, since, judged_at, said_at, said_stage, cleared_at, times)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            on conflict (cause) do update
           set kind = excluded.kind, severity = excluded.severity, stage = excluded.stage,
               scope = excluded.scope, job = excluded.job, sentence = excluded.sentence,
               next_step = excluded.next_step, channels = excluded.channels,
               since = excluded.since, judged_at = excluded.judged_at,
               said_at = excluded.said_at, said_stage = excluded.said_stage,
               cleared_at = excluded.cleared_at,
               times = greatest(excluded.times, jobs.alarm.times)
        """, entry.cause, entry.kind, entry.severity.rawValue, Int32(entry.stage),
        entry.scope.text, entry.job, entry.sentence, entry.nextStep,
        entry.channels.map { $0.map(\.rawValue) }, Timestamp(entry.since),
        Timestamp(entry.judgedAt), entry.saidAt.map { Timestamp($0) }, Int32(entry.saidStage),
        entry.clearedAt.map { Timestamp($0) }, entry.times)
    }
  }

  private func write(
    _ messages: [(message: AlarmMessage, channels: [AlertChannel]?)],
    _ channels: [AlertChannel], on tx: any Queryable
  ) async throws {
    for (message, wanted) in messages {
      for channel in AlertChannel.chosen(from: channels, wanted: wanted) {
        try await tx.query(
          "insert into jobs.alarm_message (cause, what, channel, message) values ($1, $2, $3, $4)",
          message.cause, message.what.rawValue, channel.rawValue, try JSONText(encoding: message))
      }
    }
  }

  private func dueChannels(on tx: any Queryable) async throws -> Set<AlertChannel> {
    Set(
      try await tx.query(
        """
        select distinct channel from jobs.alarm_message
         where \(Self.messageIsDue)
        """
      ).map { try $0.word("channel") })
  }
}

extension AlarmBook.Entry {
  fileprivate init(row: Row) throws {
    let channels: [String]? = try row["channels"]
    self.init(
      Alarm(
        cause: try row["cause"], kind: .blind, severity: try row.word("severity"),
        stage: Int(try row.decode("stage", as: Int32.self)),
        scope: AlarmScope(text: try row["scope"]), job: try row["job"],
        sentence: try row["sentence"], nextStep: try row["next_step"],
        channels: channels.map { $0.compactMap { AlertChannel(rawValue: $0) } }),
      since: try row.instant("since"))
    // A newer muhurat may know kinds that this one does not.
    kind = try row["kind"]
    judgedAt = try row.instant("judged_at")
    saidAt = try row.instantIfAny("said_at")
    saidStage = Int(try row.decode("said_stage", as: Int32.self))
    clearedAt = try row.instantIfAny("cleared_at")
    times = try row["times"]
  }
}
