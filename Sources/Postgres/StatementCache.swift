/// The statements a connection has prepared, by text and parameter types.
///
/// Names are never used twice, so a statement that could not be let go on the server stands in
/// nobody's way.
struct StatementCache {
  private struct Entry {
    let name: String
    var lastUse: UInt64
  }

  private var entries: [EncodedStatement.Identity: Entry] = [:]
  private var uses: UInt64 = 0
  private var names: UInt64 = 0

  mutating func name(of statement: EncodedStatement.Identity) -> String? {
    uses += 1
    entries[statement]?.lastUse = uses
    return entries[statement]?.name
  }

  mutating func nextName() -> String {
    names += 1
    return "s\(names)"
  }

  mutating func remember(_ statement: EncodedStatement.Identity, as name: String) {
    uses += 1
    entries[statement] = Entry(name: name, lastUse: uses)
  }

  mutating func forget(_ statement: EncodedStatement.Identity) {
    entries[statement] = nil
  }

  /// The names to let go of so that at most `limit` remain, those unused for longest first.
  mutating func shrink(to limit: Int) -> [String] {
    guard entries.count > limit else { return [] }
    let leaving = entries.sorted { $0.value.lastUse < $1.value.lastUse }
      .prefix(entries.count - limit)
    for (statement, _) in leaving { entries[statement] = nil }
    return leaving.map(\.value.name)
  }
}
