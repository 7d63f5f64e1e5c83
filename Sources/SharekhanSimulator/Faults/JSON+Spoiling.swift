/// The same value in another dress, as the broker's own answers vary from call to call.
extension JSON {
  func shuffled(by chance: Seed) -> JSON {
    switch self {
    case .array(let items):
      return .array(items.enumerated().map { $1.shuffled(by: chance.branch(.faults, $0)) })
    case .object(var members):
      for index in members.indices.dropFirst().reversed() {
        members.swapAt(index, chance.below(index + 1, index))
      }
      return .object(
        members.enumerated().map {
          Member(key: $1.key, value: $1.value.shuffled(by: chance.branch(.faults, $0, 1)))
        })
    default: return self
    }
  }

  /// Digits stay as they are, so that nothing is lost beyond 2^53.
  func flipped(by chance: Seed) -> JSON {
    switch self {
    case .array(let items):
      return .array(items.enumerated().map { $1.flipped(by: chance.branch(.faults, $0)) })
    case .object(let members):
      return .object(
        members.enumerated().map {
          Member(key: $1.key, value: $1.value.flipped(by: chance.branch(.faults, $0, 1)))
        })
    case .number(let digits) where chance.below(2) == 0: return .string(digits)
    case .string(let text) where chance.below(2) == 0:
      if case .number(let digits) = JSON(reading: text.utf8), digits == text {
        return .number(digits)
      }
      return self
    default: return self
    }
  }

  var inUnknownState: JSON {
    switch self {
    case .array(let items): return .array(items.map(\.inUnknownState))
    case .object(let members):
      let changed = members.map { member in
        switch member.key {
        case "orderStatus": Member(key: member.key, value: "Awaiting Approval")
        case "AckState": Member(key: member.key, value: "OrderParked")
        default: Member(key: member.key, value: member.value.inUnknownState)
        }
      }
      return .object(changed + [Member(key: "approval", value: ["level": 2])])
    default: return self
    }
  }
}
