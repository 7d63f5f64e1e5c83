import Desk
package import DeskStore
import JobStore
package import Postgres
package import TradingTime

/// How far trading is halted, by the database alone: it holds for every runner and survives every
/// restart.
package struct KillSwitch: Hashable, Sendable {
  package enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
    case none = "NONE"
    /// Nothing new is begun; what is open may be reduced.
    case haltEntries = "HALT_ENTRIES"
    /// Nothing is sent.
    case haltAll = "HALT_ALL"

    package static func < (left: Level, right: Level) -> Bool {
      let order = Level.allCases
      return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
  }

  /// `*`, or an account.
  package let scope: String
  package let level: Level
  package let changedBy: String
  package let reason: String
  package let changedAt: Instant

  /// The worse of everything's level and the account's; without an account, everything's. On equal
  /// levels everything's is told.
  package static func read(
    of account: String?, in desk: DeskDatabase, on database: any Queryable
  ) async throws -> KillSwitch {
    let levels = try await database.query(
      """
      select scope, level, changed_by, reason, changed_at
      from desk.kill_switch
      where mode = $1 and scope in ('*', $2)
      order by scope
      """, desk.mode.rawValue, account ?? "*"
    ).map(KillSwitch.init)
    guard let first = levels.first else {
      throw PostgresError.decoding("desk.kill_switch has no row for '*'; nothing may start")
    }
    return levels.dropFirst().reduce(first) { $1.level > $0.level ? $1 : $0 }
  }

  /// Sets one scope's level, on record with who and why.
  package static func set(
    _ level: Level, scope: String = "*", by actor: String, reason: String, in desk: DeskDatabase,
    on database: any Queryable
  ) async throws {
    try await database.query(
      """
      insert into desk.kill_switch (mode, scope, level, changed_by, reason)
      values ($1, $2, $3, $4, $5)
      on conflict on constraint one_level_per_scope do update
      set level = excluded.level, changed_by = excluded.changed_by, reason = excluded.reason
      """, desk.mode.rawValue, scope, level.rawValue, actor, reason)
  }

  private init(_ row: Row) throws {
    scope = try row["scope"]
    let word: String = try row["level"]
    guard let level = Level(rawValue: word) else {
      throw PostgresError.decoding(
        "desk.kill_switch holds '\(word)', which this muhurat does not know")
    }
    self.level = level
    changedBy = try row["changed_by"]
    reason = try row["reason"]
    changedAt = Instant(
      microseconds: try row.decode("changed_at", as: Timestamp.self).microsecondsSinceEpoch)
  }
}

extension Gate {
  /// `gates: [kill-switch-off]`: no level is set, neither for everything nor for the item's
  /// account.
  static func killSwitchOff(_ desk: DeskDatabase) -> Gate {
    Gate("kill-switch-off") { question, database in
      let kill = try await KillSwitch.read(of: question.item, in: desk, on: database)
      guard kill.level != .none else { return .open }
      let whose = kill.scope == "*" ? "" : " for \(kill.scope)"
      return .closed(
        "the kill switch is at \(kill.level.rawValue)\(whose), set by \(kill.changedBy): "
          + kill.reason)
    }
  }
}
