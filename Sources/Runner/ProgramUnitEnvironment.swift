import JobStore
import Threads
import TradingTime

/// What a program finds in its environment: a few words about the machine, how to reach the
/// database, and the run's facts. Nothing else of the runner's own environment, so no secret either.
enum ProgramEnvironment {
  private static let names: Set = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "DATABASE_URL"]
  private static let prefixes = ["LC_", "PG"]

  /// The database's address is among them because a desk's script talks to the same database.
  static func passedOn(from environment: [String: String]) -> [String: String] {
    environment.filter { name, _ in
      names.contains(name) || prefixes.contains(where: name.hasPrefix)
    }
  }

  /// Every name is always there, empty where the run has no such fact, so that a shell script may
  /// say `set -u`.
  static func facts(of attempt: Attempt, reportingTo path: String) -> [String: String] {
    let claim = attempt.claim
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    return [
      "MUHURAT_JOB": claim.job,
      "MUHURAT_RUN": "\(claim.run)",
      "MUHURAT_ATTEMPT": "\(claim.attempt)",
      "MUHURAT_DUE_AT": claim.dueAt?.description ?? "",
      "MUHURAT_BUSINESS_DATE": claim.businessDate.description,
      "MUHURAT_ITEM": claim.item ?? "",
      "MUHURAT_LOCK": claim.lock,
      "MUHURAT_FENCE": "\(claim.fence)",
      "MUHURAT_DEADLINE": (now + attempt.remaining).description,
      "MUHURAT_DRY_RUN": attempt.isDryRun ? "1" : "0",
      "MUHURAT_RESULT": path,
    ]
  }
}
