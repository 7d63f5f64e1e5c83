/// A file's name and lines, for pointing at. Lines end where editors end them (LF, CR LF, CR);
/// libyaml also breaks at rarer characters, so its line numbers are not used.
package final class SourceFile: Sendable {
  package let name: String
  package let lines: [String]
  /// Offsets in code points, one per line.
  private let lineStarts: [Int]

  package init(name: String, text: String) {
    self.name = name
    var starts = [0]
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for (offset, scalar) in text.unicodeScalars.enumerated() {
      if scalar == "\n", previous == "\r" {
        starts[starts.count - 1] = offset + 1
      } else if scalar == "\n" || scalar == "\r" {
        lines.append(String(line))
        line = String.UnicodeScalarView()
        starts.append(offset + 1)
      } else {
        line.append(scalar)
      }
      previous = scalar
    }
    lines.append(String(line))
    self.lines = lines
    lineStarts = starts
  }

  /// Line and column of a code point, which may lie behind the last one.
  func mark(at offset: Int, columns: inout ColumnCache) -> Mark {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let column = columns.column(of: offset - lineStarts[low], in: lines[low], line: low)
    return Mark(line: low + 1, column: column)
  }

  package func problem(_ message: String, at mark: Mark, suggestion: String? = nil) -> Problem {
    let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : nil
    return Problem(
      file: name, line: mark.line, column: mark.column, message: message, suggestion: suggestion,
      sourceLine: line)
  }
}

/// Turns code points of a line into characters. Remembers the line it measured last: marks come in
/// the file's order, and a line of a megabyte must not be measured once per node.
struct ColumnCache {
  private var line = -1
  /// Where each character of the line begins; empty for ASCII, where the answer is the offset.
  private var starts: [Int] = []
  private var isASCII = true

  mutating func column(of offset: Int, in text: String, line: Int) -> Int {
    if line != self.line { measure(text, line) }
    if isASCII { return min(offset, text.utf8.count) + 1 }
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return max(low, 1)
  }

  private mutating func measure(_ text: String, _ line: Int) {
    self.line = line
    isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    guard !isASCII else { return }
    starts = []
    var offset = 0
    for character in text {
      starts.append(offset)
      offset += character.unicodeScalars.count
    }
    starts.append(offset)
  }
}
