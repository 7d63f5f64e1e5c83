/// How an attempt ended.
package enum Outcome: String, Codable, CaseIterable, Sendable {
  case succeeded, failed, cancelled, abandoned, unknown, interrupted
  case timedOut = "timed_out"
}

/// The end of an attempt with what a reader needs to understand it.
package struct Ending: Hashable, Sendable {
  package var outcome: Outcome
  /// For a failure: its class, as `retry.on` names it.
  package var errorClass: String?
  /// Place, value, way out; never a secret.
  package var error: String?
  package var result: RunResult?

  package init(
    _ outcome: Outcome, errorClass: String? = nil, error: String? = nil, result: RunResult? = nil
  ) {
    self.outcome = outcome
    self.errorClass = errorClass
    self.error = error
    self.result = result
  }

  package static func succeeded(_ result: RunResult) -> Ending {
    Ending(.succeeded, result: result)
  }

  package static func failed(_ error: String, transient: Bool = false) -> Ending {
    Ending(.failed, errorClass: transient ? ErrorClass.transient : nil, error: error)
  }
}

/// What a run found. A reconciliation that found breaks has *succeeded* with verdict `breaks`.
package struct RunResult: Codable, Hashable, Sendable {
  package enum Verdict: String, Codable, CaseIterable, Sendable {
    case ok, warn, breaks
    case noData = "no_data"
    case staleInput = "stale_input"
  }

  package var kind: String
  package var verdict: Verdict
  package var figures: [String: JSONValue]
  package var rows: [JSONValue]

  package init(
    kind: String, verdict: Verdict = .ok, figures: [String: JSONValue] = [:],
    rows: [JSONValue] = []
  ) {
    self.kind = kind
    self.verdict = verdict
    self.figures = figures
    self.rows = rows
  }
}
