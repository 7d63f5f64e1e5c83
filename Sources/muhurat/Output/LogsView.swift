import JobStore
import Jobs

/// What attempts wrote. A program is not trusted with the terminal of whoever
/// reads its output later.
struct LogsView {
  let run: Int64
  let isForTerminal: Bool

  /// Without the last line's end, which the console adds.
  func text(_ output: Output) -> String? {
    guard var text = output.output, !text.isEmpty else { return nil }
    if text.hasSuffix("\n") { text.removeLast() }
    return isForTerminal ? Self.harmless(text) : text
  }

  func remark(_ output: Output, isOnly: Bool) -> String? {
    let name = "run \(run), attempt \(output.number)"
    guard let outcome = output.outcome else {
      return "\(name) is under way; what it writes is kept when it ends"
    }
    let kept = Int64(output.output?.utf8.count ?? 0)
    let total = output.outputBytes ?? kept
    if kept == 0 { return "\(name), \(outcome.rawValue), wrote nothing" }
    if total > kept {
      return "\(name), \(outcome.rawValue), wrote \(total) bytes; these are the last \(kept)"
    }
    return isOnly ? nil : "\(name), \(outcome.rawValue):"
  }

  /// Escape sequences and other controls as symbols; lines and tabs stay.
  private static func harmless(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.value {
          case 0x9, 0xA: scalar
          case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
          case 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}
