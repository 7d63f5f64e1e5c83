/// Collects what is wrong with one file. Shared by all readers of that file and used by one of them
/// at a time; it never leaves the function that reads the file.
package final class ProblemList {
  package let source: SourceFile
  private let scalars: String.UnicodeScalarView
  private let limit: Int
  private var columns = ColumnCache()
  private var found: [Problem] = []

  init(source: SourceFile, text: String, limit: Int) {
    self.source = source
    self.scalars = text.unicodeScalars
    self.limit = limit
  }

  package var isEmpty: Bool { found.isEmpty }

  /// In the file's order; two at one place in the order in which they were found.
  package var sorted: [Problem] {
    found.enumerated().sorted {
      ($0.element.line, $0.element.column, $0.offset)
        < ($1.element.line, $1.element.column, $1.offset)
    }.map(\.element)
  }

  package func report(_ message: String, at mark: Mark, _ suggestion: String? = nil) {
    guard found.count < limit else { return }
    let problem = source.problem(message, at: mark, suggestion: suggestion)
    if !found.contains(problem) { found.append(problem) }
  }

  func report(_ message: String, at offset: Int, _ suggestion: String? = nil) {
    report(message, at: mark(at: offset), suggestion)
  }

  func mark(at offset: Int) -> Mark {
    source.mark(at: offset, columns: &columns)
  }

  func character(at offset: Int) -> Unicode.Scalar? {
    scalars.dropFirst(offset).first
  }
}
