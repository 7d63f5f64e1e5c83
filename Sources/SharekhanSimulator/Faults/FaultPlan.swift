/// The rules in force, and how often each has struck. Chance comes from the seed and the number of
/// the request, so a run with faults can be repeated.
struct FaultPlan: Sendable {
  private let seed: Seed
  private(set) var rules: [FaultRule] = []
  private(set) var strikes: [Int] = []

  init(seed: Seed, rules: [FaultRule]) {
    self.seed = seed.branch(.faults)
    replace(with: rules)
  }

  mutating func replace(with rules: [FaultRule]) {
    self.rules = rules
    strikes = rules.map { _ in 0 }
  }

  /// The first rule that strikes this request.
  mutating func strike(_ path: String, request: Int) -> FaultRule? {
    for (index, rule) in rules.enumerated() where rule.concerns(path) {
      if let count = rule.count, strikes[index] >= count { continue }
      guard seed.branch(.faults, index).below(1_000_000, request) < rule.probability else {
        continue
      }
      strikes[index] += 1
      return rule
    }
    return nil
  }
}

extension FaultRule {
  /// The answer instead of carrying the request out, if this kind gives one.
  var answerWithout: WireAnswer? {
    guard !isAfter else { return nil }
    return broken
  }

  /// What becomes of the answer to a request that was carried out.
  func spoil(_ answer: WireAnswer) -> WireAnswer {
    switch kind {
    case .status, .html: return isAfter ? broken ?? answer : answer
    case .empty204: return WireAnswer(status: 204)
    case .truncate:
      var half = answer
      half.body = Array(answer.body.prefix(answer.body.count / 2))
      return half
    case .null: return answer.replacingData(with: .null)
    case .noRecords: return answer.replacingData(with: "no_records")
    case .delay, .expireTokens: return answer
    }
  }

  private var broken: WireAnswer? {
    switch kind {
    case .html: .html(status, "\(status) \(FaultRule.reason(status))")
    case .status where status == 403: Envelope.accessDenied
    case .status:
      .json(status, ["status": .int(status), "message": .string(FaultRule.reason(status))])
    default: nil
    }
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: "error"
    }
  }
}

extension WireAnswer {
  /// The envelope with another `data`, the keys in the order the original had.
  fileprivate func replacingData(with data: JSON) -> WireAnswer {
    let mark = Array("\"data\":".utf8)
    guard status == 200,
      let start = body.indices.first(where: { body[$0...].starts(with: mark) })
    else { return self }
    var answer = self
    answer.body = Array(body[..<start]) + mark + Array(data.text.utf8) + [UInt8(ascii: "}")]
    return answer
  }
}
