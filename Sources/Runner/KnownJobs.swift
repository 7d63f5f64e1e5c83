import Jobs
import JobStore
import Threads

/// Which jobs this process may claim: those whose unit it knows.
extension Runner {
  /// Set by a hint; read and cleared by the loop that plans.
  var definitionsChanged: Bool {
    get { planning.withLock { $0.changed } }
    set {
      planning.withLock { planning in
        planning.changed = newValue
        if newValue { planning.known = nil }
      }
    }
  }

  func knownJobs() async throws -> [String] {
    let now = SystemClock.sinceBoot()
    if let known = planning.withLock({ $0.known }), now - known.at < .seconds(15) {
      return known.names
    }
    // Retired jobs too: what was decided before is still owed.
    let names = try await control.definitions(includingRetired: true)
      .filter { workshop.knows($0.job) }.map(\.job.name)
    planning.withLock { $0.known = (names, now) }
    return names
  }
}

/// What the loops share about definitions.
struct Planning: Sendable {
  var changed = false
  var seenAt: Duration?
  var known: (names: [String], at: Duration)?
}
