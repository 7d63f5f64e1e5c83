/// Reads a compiled zone file (RFC 9636, versions 1 to 4). A damaged file is refused with what is
/// wrong, never guessed at: a wrong offset would start every job of the zone at the wrong time.
extension ZoneRules {
  package init(name: String, tzif: [UInt8]) throws(ZoneFileError) {
    var reader = ByteReader(bytes: tzif, zone: name)
    let first = try Header(&reader)
    if first.version == 0 {
      try self.init(name: name, body: &reader, header: first, wide: false)
    } else {
      try reader.skip(first.bodyLength(wide: false))
      let second = try Header(&reader)
      try self.init(name: name, body: &reader, header: second, wide: true)
    }
  }

  private init(
    name: String, body: inout ByteReader, header: Header, wide: Bool
  ) throws(ZoneFileError) {
    guard header.leapSeconds == 0 else {
      throw body.error("counts leap seconds; use the zone without 'right/'")
    }
    guard header.types > 0 else { throw body.error("names no local time at all") }
    var moments: [Int64] = []
    for _ in 0..<header.transitions { moments.append(try body.integer(wide: wide)) }
    let indices = try body.take(header.transitions)
    var records: [(offset: Int, index: Int)] = []
    for _ in 0..<header.types {
      let offset = Int(try body.integer(wide: false))
      _ = try body.byte()
      records.append((offset, Int(try body.byte())))
    }
    let names = try body.take(header.nameBytes)
    try body.skip(header.standardMarks + header.universalMarks)
    var types: [LocalType] = []
    for record in records {
      guard abs(record.offset) <= LocalType.limit else {
        throw body.error("has an offset of \(record.offset) s, more than 26 hours")
      }
      guard record.index < names.count else { throw body.error("points past its names") }
      let abbreviation = names[record.index...].prefix { $0 != 0 }
      types.append(
        LocalType(
          offsetSeconds: record.offset,
          abbreviation: String(decoding: abbreviation, as: UTF8.self)))
    }
    var changes: [Change] = []
    for (moment, index) in zip(moments, indices) {
      guard Int(index) < types.count else { throw body.error("points past its local times") }
      if let last = changes.last, last.second >= moment {
        throw body.error("has transitions out of order")
      }
      changes.append(Change(second: moment, type: types[Int(index)]))
    }
    let footer = wide ? try body.footer() : nil
    self.init(name: name, initial: types[0], transitions: changes, footer: footer)
  }
}

/// Why a zone file cannot be used.
package struct ZoneFileError: Error, Hashable, CustomStringConvertible {
  package let zone: String
  package let defect: String

  package var description: String { "zone file of '\(zone)' \(defect)" }
}

private struct Header {
  let version: UInt8
  let universalMarks, standardMarks, leapSeconds, transitions, types, nameBytes: Int

  init(_ reader: inout ByteReader) throws(ZoneFileError) {
    guard try reader.take(4).elementsEqual("TZif".utf8) else {
      throw reader.error("is not a compiled zone file")
    }
    version = try reader.byte()
    try reader.skip(15)
    universalMarks = try reader.count()
    standardMarks = try reader.count()
    leapSeconds = try reader.count()
    transitions = try reader.count()
    types = try reader.count()
    nameBytes = try reader.count()
  }

  func bodyLength(wide: Bool) -> Int {
    let timeSize = wide ? 8 : 4
    return transitions * (timeSize + 1) + types * 6 + nameBytes + leapSeconds * (timeSize + 4)
      + standardMarks + universalMarks
  }
}

private struct ByteReader {
  let bytes: [UInt8]
  let zone: String
  var position = 0

  init(bytes: [UInt8], zone: String) {
    self.bytes = bytes
    self.zone = zone
  }

  func error(_ defect: String) -> ZoneFileError { ZoneFileError(zone: zone, defect: defect) }

  mutating func take(_ count: Int) throws(ZoneFileError) -> [UInt8] {
    guard count <= bytes.count - position else { throw error("is cut short") }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func skip(_ count: Int) throws(ZoneFileError) { _ = try take(count) }

  mutating func byte() throws(ZoneFileError) -> UInt8 { try take(1)[0] }

  mutating func integer(wide: Bool) throws(ZoneFileError) -> Int64 {
    let raw = try take(wide ? 8 : 4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return wide ? Int64(bitPattern: raw) : Int64(Int32(truncatingIfNeeded: raw))
  }

  /// No table of a true zone file comes near the limit; it keeps sums of counts from overflowing.
  mutating func count() throws(ZoneFileError) -> Int {
    let count = Int(try take(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    guard count <= 1_000_000 else { throw error("claims a table of \(count) entries") }
    return count
  }

  /// The rule between two line feeds; empty means that none is known.
  mutating func footer() throws(ZoneFileError) -> PosixRule? {
    guard try byte() == UInt8(ascii: "\n"),
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n"))
    else { throw error("lacks the rule at its end") }
    let text = String(decoding: bytes[position..<end], as: UTF8.self)
    if text.isEmpty { return nil }
    guard let rule = PosixRule(text) else { throw error("ends in the unreadable rule '\(text)'") }
    return rule
  }
}
