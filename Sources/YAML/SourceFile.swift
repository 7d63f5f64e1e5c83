/// A file's name and lines, for pointing at. Lines end where editors end them (LF, CR LF, CR);
/// libyaml also breaks at rarer characters, so its line numbers are not used.
package final class SourceFile: Sendable {
  package let name: String
  /// Cut into texts only where something is wrong: of most files no line is ever shown.
  private let bytes: [UInt8]
  private let lines: [Line]

  private struct Line {
    /// Without its end.
    var bytes: Range<Int>
    /// Where it begins, in code points.
    var start: Int
  }

  package init(name: String, text: String) {
    self.name = name
    bytes = Array(text.utf8)
    lines = Self.lines(of: bytes)
  }

  private static func lines(of bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var (begin, start, points) = (0, 0, 0)
    for (index, byte) in bytes.enumerated() {
      if byte & 0xC0 != 0x80 { points += 1 }
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
      let endsTwice =
        byte == UInt8(ascii: "\n") && index > 0 && bytes[index - 1] == UInt8(ascii: "\r")
      if !endsTwice { lines.append(Line(bytes: begin..<index, start: start)) }
      (begin, start) = (index + 1, points)
    }
    lines.append(Line(bytes: begin..<bytes.count, start: start))
    return lines
  }

  /// Line and column of a code point, which may lie behind the last one.
  func mark(at offset: Int, columns: inout ColumnCache) -> Mark {
    var (low, high) = (0, lines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle].start <= offset { low = middle } else { high = middle }
    }
    let line = lines[low]
    let column = columns.column(of: offset - line.start, in: bytes[line.bytes], line: low)
    return Mark(line: low + 1, column: column)
  }

  package func problem(_ message: String, at mark: Mark, suggestion: String? = nil) -> Problem {
    let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : nil
    return Problem(
      file: name, line: mark.line, column: mark.column, message: message, suggestion: suggestion,
      sourceLine: line.map { String(decoding: bytes[$0.bytes], as: UTF8.self) })
  }
}

/// Turns code points of a line into characters. Remembers the line it measured last: marks come in
/// the file's order, and a line of a megabyte must not be measured once per node.
struct ColumnCache {
  private var line = -1
  /// Where each character of the line begins; empty for ASCII, where the answer is the offset.
  private var starts: [Int] = []
  private var isASCII = true

  mutating func column(of offset: Int, in bytes: ArraySlice<UInt8>, line: Int) -> Int {
    if line != self.line { measure(bytes, line) }
    if isASCII { return min(offset, bytes.count) + 1 }
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return max(low, 1)
  }

  private mutating func measure(_ bytes: ArraySlice<UInt8>, _ line: Int) {
    self.line = line
    isASCII = bytes.allSatisfy { $0 < 0x80 }
    guard !isASCII else { return }
    starts = []
    var offset = 0
    for character in String(decoding: bytes, as: UTF8.self) {
      starts.append(offset)
      offset += character.unicodeScalars.count
    }
    starts.append(offset)
  }
}
