package import Jobs
package import Postgres
package import TradingTime

/// The work a job names, as the runner sees it.
///
/// A unit reports by returning or throwing and never settles anything itself. What it writes to
/// PostgreSQL it writes through `attempt.write`, which nobody can commit who no longer holds the
/// lock.
package protocol WorkUnit: Sendable {
  /// - Throws: `UnitFailure` for an ending with a class of its own; any other error is a failure,
  /// and
  ///   `CancellationError` means it stopped because it was told to.
  func run(_ attempt: Attempt) async throws -> RunResult

  /// Whether it waits for the database and the network and computes for a few milliseconds at most in
  /// between. Such a unit runs on the thread where its answers come in; one that computes for longer
  /// would hold up all of them, and runs on the threads of the cooperative pool.
  var mostlyWaits: Bool { get }
}

extension WorkUnit {
  package var mostlyWaits: Bool { false }
}

/// Why a unit could not do its work, in the operator's words.
package struct UnitFailure: Error, CustomStringConvertible {
  package var description: String
  package var errorClass: String?
  /// `unknown` says that something may have happened in the world and nobody can tell.
  package var outcome: Outcome

  package init(_ description: String, isTransient: Bool = false, outcome: Outcome = .failed) {
    self.description = description
    self.errorClass = isTransient ? ErrorClass.transient : nil
    self.outcome = outcome
  }
}

/// What one `for_each` name stands for, read when a slot is decided.
package struct ItemSource: Sendable {
  package var name: String
  package var list: @Sendable (any Queryable) async throws -> [String]

  package init(
    _ name: String, list: @escaping @Sendable (any Queryable) async throws -> [String]
  ) {
    self.name = name
    self.list = list
  }
}

/// A condition of `needs`, read after the claim and before the start.
package struct Gate: Sendable {
  /// `signed_in`, a freshness such as `positions`, or a gate such as `kill-switch-off`.
  package var name: String
  package var read: @Sendable (GateQuestion, any Queryable) async throws -> GateReading

  package init(
    _ name: String,
    read: @escaping @Sendable (GateQuestion, any Queryable) async throws -> GateReading
  ) {
    self.name = name
    self.read = read
  }
}

package struct GateQuestion: Sendable {
  package var job: String
  package var item: String?
  /// For freshness: how old the newest may be.
  package var within: Duration?
  /// Until when it has to stay open; nil: it is asked about now.
  package var through: Instant?

  package init(job: String, item: String?, within: Duration? = nil, through: Instant? = nil) {
    self.job = job
    self.item = item
    self.within = within
    self.through = through
  }
}

package enum GateReading: Hashable, Sendable {
  case open
  /// With the value seen, so that the operator need not ask again: `positions are 3m old, needed
  /// 60s`.
  case closed(String)
}
