package import Jobs
package import TradingTime

/// What an operator wants backfilled.
package struct BackfillRequest: Sendable {
  package enum By: String, CaseIterable, Codable, Sendable { case slots, dates }

  package var job: String
  package var from: CivilDate
  package var to: CivilDate
  /// Nil: slots where the job has a schedule, else business dates.
  package var by: By?
  /// By the definition in force now instead of that of each slot's time.
  package var usesCurrent = false
  package var item: String?
  package var actor: String
  package var reason: String?

  package init(job: String, from: CivilDate, to: CivilDate, actor: String) {
    self.job = job
    self.from = from
    self.to = to
    self.actor = actor
  }
}

/// What a backfill would do, or did.
package struct Backfill: Sendable {
  package var by: BackfillRequest.By
  package var runs: [PastRun] = []
  /// Stretches of time about which nothing can be decided, and why.
  package var notes: [String] = []
  package var batch: Batch?
}

extension BackfillRequest {
  /// What the operators' record says was asked for.
  func record(_ by: By) -> [String: JSONValue] {
    var asked: [String: JSONValue] = [
      "from": .string("\(from)"), "to": .string("\(to)"), "by": .string(by.rawValue),
      "current": .bool(usesCurrent),
    ]
    if let item { asked["item"] = .string(item) }
    return asked
  }
}
