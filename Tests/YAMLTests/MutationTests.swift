import Testing
import YAML

/// SplitMix64: the same documents on every machine, from a seed that a failure names.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Any bytes at all` {
  static let seeds = (1...4).map(UInt64.init)

  @Test(arguments: seeds)
  func `give a value or problems that point into the file`(_ seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    for round in 0..<1_000 {
      let bytes = mutated(using: &generator)
      do {
        _ = try YAMLFile.read(bytes, name: "f.yaml", as: everything)
      } catch {
        for problem in error.list
        where problem.line < 1 || problem.column < 1 || !problem.description.hasSuffix("^") {
          Issue.record("seed \(seed), round \(round): \(problem)")
        }
        #expect(!error.list.isEmpty, "seed \(seed), round \(round): refused without a reason")
      }
    }
  }

  @Test(arguments: seeds)
  func `without any shape are survived too`(_ seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    for _ in 0..<300 {
      let count = Int.random(in: 0...200, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(throws: Never.self) {
        do { _ = try YAMLFile.node(bytes, name: "f.yaml") } catch is Problems {}
      }
    }
  }

  /// Walks the tree by every kind of reading.
  private func everything(_ reader: Reader) -> Int? {
    switch reader.shape {
    case .null: return 0
    case .scalar:
      if reader.node.mark.line % 3 == 0 { return reader.int(in: 0...100) }
      if reader.node.mark.line % 3 == 1 { return reader.string().map(\.count) }
      return reader.word(of: [("email", 1), ("skip", 2)])
    case .list: return reader.list(everything)?.reduce(0, &+)
    case .mapping:
      return reader.mapping { keys in
        _ = keys.optional("schedule", everything)
        return keys.required("unit", everything)
      }
    }
  }

  private func mutated(using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(Self.sample.utf8)
    for _ in 0...Int.random(in: 0...6, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 0...20, using: &generator))
      switch Int.random(in: 0...4, using: &generator) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: bytes[place..<end], at: 0)
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
      case 3:
        let token = Self.tokens.randomElement(using: &generator) ?? ""
        bytes.insert(contentsOf: Array(token.utf8), at: place)
      default: bytes.replaceSubrange(place..<end, with: bytes[place..<end].reversed())
      }
    }
    return bytes
  }

  private static let tokens = [
    "\n", "\t", "  ", "- ", ": ", "? ", "&a ", "*a", "!t ", "<<: ", "{", "}", "[", "]", ",", "|\n",
    ">-\n", "'", "\"", "#", "%YAML 1.2\n", "---\n", "...\n", "\u{FEFF}", "\u{2028}", "é", "日本",
    "\\x", "\r\n", "\r", "\u{301}", "@", "`",
  ]

  private static let sample = """
    # mirror every account's positions
    unit: sync-positions
    schedule:
      every: 30s
      during: { market: nse-cash, phases: [pre-open, continuous], until: close+5m }
      timezone: Asia/Kolkata
    lock: "account/{item}"
    retry: { attempts: 2, backoff: 1s..5s, on: [transient] }
    description: |
      Several lines,
        indented.
    needs: { signed_in: true, fresh: { positions: 60s }, gates: [kill-switch-off] }
    alert: [email, 'web''hook', "é\\u00e9"]
    """
}
