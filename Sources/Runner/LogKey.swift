/// The keys of facts beside log messages; the messages themselves never vary.
enum LogKey {
  static let job = "job"
  static let item = "item"
  static let slot = "slot"
  static let run = "run"
  static let attempt = "attempt"
  static let fence = "fence"
  static let outcome = "outcome"
  static let verdict = "verdict"
  static let error = "error"
  static let worker = "worker"
}
