import Jobs
import JobStore
import Logging
import Threads

/// Which jobs this process may claim: those that it can read and whose unit it knows.
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

  func knownJobs() async throws -> JobChoice {
    let now = SystemClock.sinceBoot()
    if let known = planning.withLock({ $0.known }), now - known.at < .seconds(15) {
      return known.jobs
    }
    // Retired jobs too: what was decided before is still owed.
    let foreign = try await readableDefinitions().filter { !workshop.knows($0.job) }.map(\.job.name)
    return planning.withLock { planning in
      let jobs = JobChoice.allBut(foreign + planning.unreadable)
      planning.known = (jobs, now)
      return jobs
    }
  }

  /// All definitions, retired ones too, that this muhurat can read; of others it is said once.
  func readableDefinitions() async throws -> [JobStore.Definition] {
    let (readable, unreadable) = try await control.readableDefinitions(includingRetired: true)
    let news = planning.withLock { planning in
      defer { planning.unreadable = Set(unreadable) }
      return Set(unreadable).subtracting(planning.unreadable)
    }
    for job in news.sorted() {
      log.error(
        "a definition cannot be read; a newer muhurat loaded it, and must run it",
        metadata: [LogKey.job: "\(job)"])
    }
    return readable
  }
}

/// What the loops share about definitions.
struct Planning: Sendable {
  var changed = false
  var seenAt: Duration?
  var known: (jobs: JobChoice, at: Duration)?
  var unreadable: Set<String> = []
}
