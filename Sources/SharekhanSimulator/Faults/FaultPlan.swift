/// The rules in force, and how often each has struck. Chance comes from the seed and from how often
/// a route was asked since the rules were set, so a run with faults repeats exactly, whatever other
/// clients do meanwhile on other routes.
struct FaultPlan: Sendable {
  private let seed: Seed
  private(set) var rules: [FaultRule] = []
  private(set) var strikes: [Int] = []
  /// How often each kind came about, those drawn by `chaos` under their own name.
  private(set) var struck: [FaultKind: Int] = [:]
  private var asked: [String: Int] = [:]

  init(seed: Seed, rules: [FaultRule]) {
    self.seed = seed.branch(.faults)
    replace(with: rules)
  }

  mutating func replace(with rules: [FaultRule]) {
    self.rules = rules
    strikes = rules.map { _ in 0 }
    struck = [:]
    asked = [:]
  }

  /// The first rule that strikes here.
  /// - Parameter key: what is counted, such as a route of one customer.
  mutating func strike(_ path: String, _ key: String, at place: FaultKind.Place) -> Fault? {
    if rules.isEmpty { return nil }
    let (key, number) = count(key, place)
    for (index, rule) in rules.enumerated()
    where rule.kind.strikes(place, path) && rule.concerns(path) {
      if let count = rule.count, strikes[index] >= count { continue }
      let chance = seed.branch(.faults, index, FaultPlan.hash(key)).branch(.faults, number)
      guard chance.below(1_000_000) < rule.probability else { continue }
      strikes[index] += 1
      let fault = Fault(rule, chance, place)
      struck[fault.kind, default: 0] += 1
      return fault
    }
    return nil
  }

  /// Keys are kept for a while and not for ever: who asks for thousands of paths shares one count.
  private mutating func count(_ key: String, _ place: FaultKind.Place) -> (String, Int) {
    let full = "\(place) \(key)"
    let kept = asked[full] != nil || asked.count < 4096 ? full : "other"
    asked[kept, default: 0] += 1
    return (kept, asked[kept] ?? 0)
  }

  private static func hash(_ text: String) -> Int {
    let mixed = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return Int(truncatingIfNeeded: mixed)
  }
}
