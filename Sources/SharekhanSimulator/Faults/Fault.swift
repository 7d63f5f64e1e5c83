/// A rule that strikes now, with the chance it may draw on.
struct Fault: Sendable {
  let kind: FaultKind
  let delay: Duration
  private let status: Int
  private let isAfter: Bool
  private let chance: Seed

  init(_ rule: FaultRule, _ chance: Seed, _ place: FaultKind.Place) {
    self.chance = chance
    guard rule.kind == .chaos else {
      (kind, delay, status, isAfter) = (rule.kind, rule.delay, rule.status, rule.isAfter)
      return
    }
    let kinds = FaultKind.chaos(at: place)
    kind = kinds[chance.below(kinds.count, 1)]
    delay = rule.delay * (1 + chance.below(1000, 2)) / 1000
    status = kind == .html ? [502, 504][chance.below(2, 3)] : [429, 500, 503][chance.below(3, 3)]
    isAfter = chance.below(2, 4) == 0
  }

  /// The answer instead of carrying the request out, if this kind gives one.
  var answerWithout: WireAnswer? { isAfter ? nil : broken }

  /// What becomes of the answer to a request that was carried out.
  func spoil(_ answer: WireAnswer) -> WireAnswer {
    switch kind {
    case .status, .html, .drop: return broken ?? answer
    case .timeout: return .severed
    case _ where answer.status == 101: return answer
    case .empty204: return WireAnswer(status: 204)
    case .null: return answer.replacingData(with: .null)
    case .emptyList: return answer.replacingData(with: .array([]))
    case .noRecords: return answer.replacingData(with: "no_records")
    case .truncate, .shuffle, .flip, .unknownState:
      var other = answer
      other.body = Array(spoil(answer.text).utf8)
      return other
    default: return answer
    }
  }

  /// What becomes of a text that is JSON.
  func spoil(_ text: String) -> String {
    if kind == .truncate {
      return String(decoding: text.utf8.prefix(text.utf8.count / 2), as: UTF8.self)
    }
    guard let json = JSON(reading: text.utf8) else { return text }
    switch kind {
    case .shuffle: return json.shuffled(by: chance).text
    case .flip: return json.flipped(by: chance).text
    case .unknownState: return json.inUnknownState.text
    default: return text
    }
  }

  private var broken: WireAnswer? {
    switch kind {
    case .reject: turnedDown
    case .drop: .severed
    case .html: .html(status, "\(status) \(Fault.reason(status))")
    case .status where status == 403: Envelope.accessDenied
    case .status:
      .json(status, ["status": .int(status), "message": .string(Fault.reason(status))])
    default: nil
    }
  }

  private var turnedDown: WireAnswer {
    let words: [JSON?] = ["0", "", "NA", "null", nil]
    var data: [JSON.Member] = []
    if let word = words[chance.below(words.count, 5)] {
      data.append(JSON.Member(key: "orderId", value: word))
    }
    data.append(JSON.Member(key: "rmscode", value: ""))
    data.append(JSON.Member(key: "errormsg", value: "RMS: the scrip is blocked"))
    return .json(200, ["status": 200, "message": "order", "data": .object(data)])
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
