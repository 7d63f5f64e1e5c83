import Glibc
package import Testing

/// Random numbers that can be drawn again: splitmix64 from the run's seed and the test's own salt,
/// so that tests draw the same numbers in whatever order they run.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  /// `MUHURAT_SEED`, or a new one for each run.
  package static let seed: UInt64 =
    getenv("MUHURAT_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: 0...UInt64.max)

  private var state: UInt64

  package init(_ salt: StaticString) {
    state = Self.seed
    salt.withUTF8Buffer { bytes in
      for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Trait where Self == IssueHandlingTrait {
  /// Every failure says with which seed it can be had again.
  package static var seeded: Self {
    .compactMapIssues { issue in
      var issue = issue
      let advice = Comment(rawValue: "to repeat: MUHURAT_SEED=\(SeededRandom.seed)")
      // The suite's trait and the test's are the same one, applied twice.
      if !issue.comments.contains(advice) { issue.comments.append(advice) }
      return issue
    }
  }
}
