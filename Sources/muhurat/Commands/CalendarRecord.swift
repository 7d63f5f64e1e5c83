import JobStore
import Jobs
import Postgres
import Threads
import TradingTime

/// A loaded calendar on the operators' record.
///
/// The file is what is in force and the daemon may be down, so a database that is away keeps nobody
/// from loading; but he is told that the record knows nothing of it.
struct CalendarRecord {
  let old: TradingCalendar?
  let new: TradingCalendar
  let place: String
  let actor: String
  let reason: String?

  /// Of the difference, enough to see what kind of change it was; the file beside has the rest.
  private static let mostLines = 20

  /// - Returns: why it is not on record; nil if it is.
  func write(in settings: ConnectionSettings, within limit: Duration = .seconds(5)) async -> String?
  {
    let store = JobStore(pool: Pool(settings, size: 1), holder: Holder.name())
    let complaint = await write(in: store, by: .after(limit))
    await store.pool.close()
    return complaint
  }

  private func write(in store: JobStore, by deadline: Deadline) async -> String? {
    do {
      try await store.pool.transaction(deadline: deadline) { tx in
        try await store.note(
          actor: actor, action: "load calendar", reason: reason, before: old.map(Self.words),
          after: after, on: tx)
      }
      return nil
    } catch {
      let isAway = (error as? PostgresError)?.isAbsence ?? false
      return "this change is not in the audit, because the database "
        + (isAway ? "could not be reached: \(error)" : "did not take it: \(error)")
    }
  }

  private static func words(_ calendar: TradingCalendar) -> JSONValue {
    [
      "market": .string(calendar.market), "revision": .string(calendar.revision),
      "covers": .string(calendar.coverage.words),
    ]
  }

  private var after: JSONValue {
    var after: [String: JSONValue] = [
      "market": .string(new.market), "revision": .string(new.revision),
      "covers": .string(new.coverage.words), "file": .string(place),
    ]
    if let old {
      let found = CalendarDifference(from: old, to: new, today: today(new.zone))
      let lines = found.pastLines + found.lines
      after["changes"] = .array(lines.prefix(Self.mostLines).map(JSONValue.string))
      if lines.count > Self.mostLines {
        after["more_changes"] = .integer(Int64(lines.count - Self.mostLines))
      }
    }
    return .object(after)
  }
}
