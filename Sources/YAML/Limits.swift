/// How large a file may be. A job file is a page; whatever is far beyond that was made by mistake
/// or to do harm, and is refused before it costs anything.
package struct Limits: Sendable {
  package var bytes: Int
  package var depth: Int
  package var nodes: Int
  /// Problems of one file; those after them are not reported.
  package var problems: Int

  package init(
    bytes: Int = 1 << 20, depth: Int = 32, nodes: Int = 20_000, problems: Int = 50
  ) {
    (self.bytes, self.depth, self.nodes, self.problems) = (bytes, depth, nodes, problems)
  }
}
