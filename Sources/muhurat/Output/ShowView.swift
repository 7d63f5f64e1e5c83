import JobStore
import Jobs
import TradingTime

/// One run for a person: how it stands in one line, the facts, and what to do.
struct ShowView {
  let detail: RunDetail
  let clock: ClockView

  var text: String {
    let lines = facts + detail.attempts.map(attempt) + result + detail.audit.map(record)
    return
      ([headline] + lines.map { "  \($0.0.padded(to: 9)) \($0.1)" } + [next].compactMap(\.self))
      .joined(separator: "\n")
  }

  private var run: RunView { detail.run }

  private var headline: String {
    let item = run.item.map { " (\($0))" } ?? ""
    let verdict = run.verdict.map { ", verdict \($0.rawValue)" } ?? ""
    let took = run.durationSeconds.map { ", \(RunsView.span($0))" } ?? ""
    return "run \(run.id) of \(run.job)\(item): \(run.state.rawValue)\(verdict)\(took)"
  }

  private var facts: [(String, String)] {
    let late = run.latenessSeconds.map { ", claimed \(RunsView.span($0)) late" } ?? ""
    let asker = run.requestedBy.map { " by \($0)" } ?? ""
    let asked = run.requestReason.map { ": \($0)" } ?? ""
    let expires = run.expiresAt.map { ", expires \(clock.wall($0))" } ?? ""
    var facts: [(String, String?)] = [
      ("reason", run.reason),
      ("waits for", run.waitingFor),
      (
        "due",
        run.dueAt.map { "\($0.words(in: clock.zone))\(late)" }
          ?? (run.batch == nil ? "by hand" : "a whole date")
      ),
      ("date", "\(run.businessDate)"),
      ("trigger", "\(run.trigger.rawValue)\(asker)\(asked)"),
      ("ready", "\(clock.wall(run.readyAt))\(run.state == .ready ? expires : "")"),
      ("lock", lock),
      ("batch", run.batch.map { "\($0), see: muhurat runs --batch \($0)" }),
      (
        "looked at",
        run.acknowledgedAt.map {
          "by \(run.acknowledgedBy ?? "?"), \(clock.ago($0)): \(run.acknowledgedReason ?? "")"
        }
      ),
    ]
    if let ends = detail.leaseEndsAt {
      let left = (ends - clock.clock.asOf).roundedWords
      facts.append(("lease", "\(left) left, held by \(run.holder ?? "nobody")"))
    }
    if !detail.parameters.isEmpty {
      facts.append(("with", Self.words(detail.parameters)))
    }
    return facts.compactMap { fact in fact.1.map { (fact.0, $0) } }
  }

  private var lock: String {
    let fence = run.fence.map { ", fence \($0)" } ?? ""
    guard let held = detail.heldLock, let holder = held.run, holder != run.id, !run.state.isEnded
    else { return "\(run.lock)\(fence)" }
    let since = held.takenAt.map { " since \(clock.ago($0))" } ?? ""
    return "\(run.lock), held by run \(holder)\(since)"
  }

  private func attempt(_ attempt: AttemptView) -> (String, String) {
    let took = attempt.finishedAt.map { " after \(($0 - attempt.claimedAt).roundedWords)" } ?? ""
    let kind = attempt.errorClass.map { " (\($0))" } ?? ""
    let error = attempt.error.map { ": \($0)" } ?? ""
    let outcome = attempt.outcome?.rawValue ?? "under way"
    return (
      "attempt \(attempt.number)",
      "\(outcome)\(kind)\(took), \(clock.ago(attempt.claimedAt)) at \(attempt.holder)\(error)"
    )
  }

  private var result: [(String, String)] {
    guard let result = detail.result else { return [] }
    let figures = result.figures.isEmpty ? "" : "; \(Self.words(result.figures))"
    var lines = [("result", "\(result.kind), \(result.verdict.rawValue)\(figures)")]
    if !result.rows.isEmpty { lines.append(("rows", "\(result.rows.count), see --json")) }
    return lines
  }

  private func record(_ audit: AuditView) -> (String, String) {
    let why = audit.reason.map { ": \($0)" } ?? ""
    return ("record", "\(audit.action) by \(audit.actor), \(clock.ago(audit.at))\(why)")
  }

  private var next: String? {
    let output = detail.attempts.contains { $0.outputBytes ?? 0 > 0 }
    switch run.state {
    case .unknown:
      guard run.acknowledgedAt == nil else { return nil }
      return
        "next: look at the broker and the books, then: muhurat acknowledge \(run.id) --reason …; "
        + "this run is never repeated by itself"
    case .failed, .expired, .gated, .cancelled:
      let logs = output ? "muhurat logs \(run.id), then: " : ""
      let item = run.item.map { " --item \($0)" } ?? ""
      return "next: \(logs)muhurat run \(run.job)\(item) --date \(run.businessDate) --reason …"
    case .running: return "next: muhurat cancel \(run.id), if it must stop"
    case .ready: return "next: muhurat why \(run.job)"
    default: return output ? "next: muhurat logs \(run.id)" : nil
    }
  }

  /// `fast 5, slow 20`
  private static func words(_ members: [String: JSONValue]) -> String {
    members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.words)" }
      .joined(separator: ", ")
  }
}

extension JSONValue {
  fileprivate var words: String {
    switch self {
    case .null: "none"
    case .bool(let bool): "\(bool)"
    case .integer(let integer): "\(integer)"
    case .double(let double): "\(double)"
    case .string(let string): string
    case .array(let array): "[\(array.map(\.words).joined(separator: ", "))]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.words)" }
        .joined(separator: ", ") + "}"
    }
  }
}
