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
    if let known = planning.withLock({ $0.known }), now - known.at < Planning.validity * 2 {
      return known.jobs
    }
    return try await readDefinitions().known
  }

  /// All definitions, retired ones too, that this muhurat can read; of others it is said once.
  func readDefinitions() async throws -> (definitions: [JobStore.Definition], known: JobChoice) {
    let askedAt = SystemClock.sinceBoot()
    let (readable, unreadable) = try await control.readableDefinitions(includingRetired: true)
    // Retired jobs too: what was decided before is still owed.
    let foreign = readable.filter { !workshop.knows($0.job) }.map(\.job.name)
    let known = JobChoice.allBut(foreign + unreadable)
    let news = planning.withLock { planning in
      defer {
        planning.unreadable = Set(unreadable)
        planning.known = (known, askedAt)
      }
      return Set(unreadable).subtracting(planning.unreadable)
    }
    for job in news.sorted() {
      log.error(
        "a definition cannot be read; a newer muhurat loaded it, and must run it",
        metadata: [LogKey.job: "\(job)"])
    }
    return (readable, known)
  }
}

/// What the loops share about definitions.
struct Planning: Sendable {
  /// Definitions and watermarks are read again this often, should a hint have been lost.
  static let validity = Duration.seconds(15)

  var changed = false
  var seenAt: Duration?
  var known: (jobs: JobChoice, at: Duration)?
  var unreadable: Set<String> = []
}
