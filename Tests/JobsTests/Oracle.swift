import FoundationEssentials
import Testing

/// What other implementations say, as the scripts in `Tests/Oracles` wrote it down.
enum Oracle {
  /// The lines of a file, its comments left out.
  static func lines(_ name: String) throws -> [[Substring]] {
    let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let content = try #require(FileManager.default.contents(atPath: "\(tests)/Oracles/\(name)"))
    return String(decoding: content, as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { $0.split(separator: "|") }
  }
}
