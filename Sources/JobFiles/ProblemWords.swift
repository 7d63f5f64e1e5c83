import YAML

/// What a file says is repeated in what we say about it, and not everything in a file can be shown
/// on one line.
extension Problems {
  var inOneLineEach: Problems {
    Problems(
      list.map { problem in
        Problem(
          file: problem.file, line: problem.line, column: problem.column,
          message: problem.message.inOneLine, suggestion: problem.suggestion?.inOneLine,
          sourceLine: problem.sourceLine
        ).withStarExplained
      })
  }
}

extension Problem {
  /// The commonest slip in a schedule, `cron: */5 * * * *`, in libyaml's words says nothing to its
  /// author.
  fileprivate var withStarExplained: Problem {
    guard message.contains("did not find expected alphabetic or numeric character") else {
      return self
    }
    // libyaml points behind the sign.
    let isBehind = sourceLine?.dropFirst(column - 2).first.map { "*&".contains($0) } ?? false
    return Problem(
      file: file, line: line, column: isBehind ? column - 1 : column,
      message: "a value cannot begin with '*' or '&'", suggestion: "put it in quotes",
      sourceLine: sourceLine)
  }
}

extension String {
  private static let longest = 600

  fileprivate var inOneLine: String {
    let isPlain = utf8.count <= Self.longest && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    guard !isPlain else { return self }
    let shown = prefix(Self.longest).map { character in
      switch character {
      case "\n", "\r", "\r\n": "\\n"
      case "\t": "\\t"
      default:
        character.unicodeScalars.contains { $0.properties.generalCategory == .control }
          ? "\u{FFFD}" : String(character)
      }
    }
    return shown.joined() + (count > Self.longest ? "…" : "")
  }
}
