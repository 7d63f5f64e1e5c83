import FoundationEssentials
import JobFiles
import Jobs
import Testing
import YAML

/// Whatever becomes of a shipped file on its way, it is read whole or refused whole.
@Suite(.timeLimit(.minutes(10)))
struct `A job file with flipped, lost, doubled and strange bytes` {
  private static let shipped = [
    "analytics-rollup", "end-of-day-report", "reconcile", "strategy-tick", "sync-positions",
    "update-prices",
  ]

  @Test(arguments: shipped)
  func `is read whole, or every refusal points into it`(_ name: String) throws {
    let content = FileManager.default.contents(atPath: "\(Fixture.root)/jobs/\(name).yaml")
    let original = [UInt8](try #require(content))
    let context = try Fixture.context.get()
    let seed = UInt64(name.utf8.reduce(5381) { $0 &* 33 &+ UInt64($1) })
    var random = Mutations(seed: seed)
    for round in 0..<1_000 {
      let bytes = random.mutate(original)
      do {
        let job = try JobFile.read(bytes, path: "jobs/\(name).yaml", in: context).job
        let stored = try JSONEncoder().encode(job)
        #expect(
          try JSONDecoder().decode(Job.self, from: stored) == job, "seed \(seed) round \(round)")
        #expect(job.name == name && job.timeout > .zero, "seed \(seed) round \(round)")
      } catch let refused as Problems {
        let fault = Self.fault(of: refused, in: bytes, name)
        #expect(fault == nil, "seed \(seed) round \(round): \(fault ?? "")")
      }
    }
  }

  /// What is wrong with a refusal; nil if nothing is.
  private static func fault(of refused: Problems, in bytes: [UInt8], _ name: String) -> String? {
    if refused.list.isEmpty { return "no problem at all" }
    // As editors count lines: LF, CR LF and CR end one.
    let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" }
    for problem in refused.list {
      let place = "\(problem.line):\(problem.column) \(problem.message)"
      if problem.file != "jobs/\(name).yaml" { return "another file: \(problem.file)" }
      guard (1...lines.count).contains(problem.line) else { return "no such line: \(place)" }
      guard (1...lines[problem.line - 1].count + 1).contains(problem.column) else {
        return "no such column: \(place)"
      }
      if problem.message.isEmpty || problem.message.contains(where: \.isNewline) {
        return "no sentence: \(place)"
      }
      if problem.message.contains("fault of muhurat") { return place }
    }
    return nil
  }
}

/// Changes to bytes, the same for the same seed.
private struct Mutations: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func mutate(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &self) { change(&bytes) }
    return bytes
  }

  private static let strange: [[UInt8]] =
    [
      ": ", "- ", "{", "}", "[", "]", "\"", "'", "&a ", "*a", "!!str ", "\t", "\n", "\r", "#", "|",
      ">", "\u{2028}", "\u{85}", "\u{FEFF}", "日本", "e\u{301}", "\\0", "0", "-", "~", "? ", "%", "@",
      "---\n", "...\n",
    ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3]]

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return bytes = [UInt8.random(in: .min ... .max, using: &self)] }
    let place = Int.random(in: bytes.indices, using: &self)
    let end = min(bytes.count, place + Int.random(in: 1...24, using: &self))
    switch Int.random(in: 0..<6, using: &self) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    case 3: bytes[place] = UInt8.random(in: .min ... .max, using: &self)
    case 4: bytes.removeSubrange(place...)
    default:
      let strange = Self.strange[Int.random(in: Self.strange.indices, using: &self)]
      bytes.insert(contentsOf: strange, at: place)
    }
  }
}
