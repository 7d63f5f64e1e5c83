import Testing
import TradingTime

/// Writes zone files as the standard describes them, to test rules that no place uses.
private struct ZoneFile {
  var version: UInt8 = UInt8(ascii: "3")
  var transitions: [(Int64, UInt8)] = []
  var types: [(offset: Int32, nameIndex: UInt8)] = [(0, 0)]
  var names: [UInt8] = Array("LMT\0".utf8)
  var leapSeconds = 0
  var footer: String? = ""

  var bytes: [UInt8] {
    block(wide: false)
      + (version == 0
        ? [] : block(wide: true) + (footer.map { Array("\n\($0)\n".utf8) } ?? []))
  }

  private func block(wide: Bool) -> [UInt8] {
    let counts = [0, 0, leapSeconds, transitions.count, types.count, names.count]
    return Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
      + counts.flatMap { big(Int64($0), 4) }
      + transitions.flatMap { big($0.0, wide ? 8 : 4) } + transitions.map(\.1)
      + types.flatMap { big(Int64($0.offset), 4) + [0, $0.nameIndex] } + names
      + [UInt8](repeating: 0, count: leapSeconds * (wide ? 12 : 8))
  }

  private func big(_ number: Int64, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The rule at the end of a zone file` {
  /// From Python's zoneinfo and glibc's `date`, where both are right; the others by hand.
  @Test(arguments: [
    (
      "EST5EDT,M3.2.0,M11.1.0",
      ["2100-03-14T07:00:00Z -14400", "2100-11-07T06:00:00Z -18000", "2101-03-13T07:00:00Z -14400"]
    ),
    (
      "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
      ["2100-04-03T15:00:00Z 37800", "2100-10-02T15:30:00Z 39600", "2101-04-02T15:00:00Z 37800"]
    ),
    (
      "IST-1GMT0,M10.5.0,M3.5.0/1",
      ["2100-03-28T01:00:00Z 3600", "2100-10-31T01:00:00Z 0", "2101-03-27T01:00:00Z 3600"]
    ),
    (
      "EET-2EEST,M3.4.4/50,M10.4.4/50",
      ["2100-03-27T00:00:00Z 10800", "2100-10-29T23:00:00Z 7200", "2101-03-26T00:00:00Z 10800"]
    ),
    (
      "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
      ["2100-03-28T01:00:00Z -3600", "2100-10-31T01:00:00Z -7200", "2101-03-27T01:00:00Z -3600"]
    ),
    // J60 is March 1 in every year, 59 only in ordinary ones.
    (
      "AAA3BBB,J60/0,J300",
      ["2100-03-01T03:00:00Z -7200", "2100-10-27T04:00:00Z -10800", "2101-03-01T03:00:00Z -7200"]
    ),
    (
      "AAA3BBB,59/0,300/3:30:15",
      ["2100-03-01T03:00:00Z -7200", "2100-10-28T05:30:15Z -10800", "2101-03-01T03:00:00Z -7200"]
    ),
    // A week before the first Monday of January lies in the year before.
    (
      "AAA0BBB,M1.1.1/-167,M7.5.6/167",
      ["2100-08-06T22:00:00Z 0", "2100-12-27T01:00:00Z 3600", "2101-08-05T22:00:00Z 0"]
    ),
    // Without dates: America's.
    (
      "EST5EDT",
      ["2100-03-14T07:00:00Z -14400", "2100-11-07T06:00:00Z -18000", "2101-03-13T07:00:00Z -14400"]
    ),
    ("XXX3EDT4,0/0,J365/23", []),
    ("AAA-3BBB,J1/-2,J365/26", []),
    ("IST-5:30", []),
  ])
  func `goes on for ever`(_ footer: String, _ expected: [String]) throws {
    let zone = try ZoneRules(name: "Test/Zone", tzif: ZoneFile(footer: footer).bytes)
    var instant = try utc("2100-01-05T00:00:00Z")
    var seen: [String] = []
    while seen.count < 3, let change = zone.nextTransition(after: instant) {
      #expect(zone.local(change.at).offsetSeconds == change.offsetSecondsAfter)
      #expect(zone.local(change.at - .seconds(1)).offsetSeconds == change.offsetSecondsBefore)
      seen.append("\(change.at) \(change.offsetSecondsAfter)")
      instant = change.at
    }
    #expect(seen == expected)
  }

  @Test
  func `changes at another time in a leap year if its day is counted from zero`() throws {
    let zone = try ZoneRules(
      name: "Test/Zone", tzif: ZoneFile(footer: "AAA3BBB,59/0,300/3:30:15").bytes)
    let change = zone.nextTransition(after: try utc("2104-01-01T00:00:00Z"))
    #expect(change?.at.description == "2104-02-29T03:00:00Z")
  }

  @Test(arguments: [("XXX3EDT4,0/0,J365/23", -10_800), ("AAA-3BBB,J1/-2,J365/26", 14_400)])
  func `may keep daylight time all year`(_ footer: String, _ offset: Int) throws {
    let zone = try ZoneRules(name: "Test/Zone", tzif: ZoneFile(footer: footer).bytes)
    let expected = footer.hasPrefix("XXX") ? -14_400 : offset
    for date in ["2100-01-01T02:59:59Z", "2100-01-01T03:00:00Z", "2100-12-31T19:00:00Z"] {
      #expect(zone.local(try utc(date)).offsetSeconds == expected)
    }
  }

  @Test(arguments: [
    "E5", "EST", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
    "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J1", "EST5EDT,J366,J1", "EST5EDT,366,1",
    "EST5EDT,M3.2.0/168,M11.1.0", "EST25", "<EST5", "EST5EDT,M3.2.0,M11.1.0 ", "EST5:7",
    "EST5EDT;M3.2.0,M11.1.0",
  ])
  func `is refused if it cannot be read`(_ footer: String) {
    let error = #expect(throws: ZoneFileError.self) {
      try ZoneRules(name: "Test/Zone", tzif: ZoneFile(footer: footer).bytes)
    }
    #expect(
      error?.description
        == "zone file of 'Test/Zone' ends in the unreadable rule '\(footer)'")
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `A zone file` {
  private let changing = ZoneFile(
    transitions: [(-1_000, 1), (0, 0), (5_000_000_000, 1)],
    types: [(19_800, 0), (20_700, 4)], names: Array("AAA\0BBB\0".utf8), footer: "")

  @Test
  func `without a rule keeps its last local time`() throws {
    let zone = try ZoneRules(name: "Test/Zone", tzif: changing.bytes)
    #expect(zone.local(try utc("1900-01-01T00:00:00Z")).abbreviation == "AAA")
    #expect(zone.local(Instant(secondsSinceEpoch: -1)).abbreviation == "BBB")
    #expect(zone.local(Instant(secondsSinceEpoch: 4_999_999_999)).abbreviation == "AAA")
    #expect(zone.local(try utc("2500-01-01T00:00:00Z")).abbreviation == "BBB")
  }

  @Test
  func `of version 1 is read by its only block`() throws {
    var old = changing
    old.version = 0
    old.transitions = [(-1_000, 1), (0, 0)]
    let zone = try ZoneRules(name: "Test/Zone", tzif: old.bytes)
    #expect(zone.local(Instant(secondsSinceEpoch: -1)).abbreviation == "BBB")
    #expect(zone.local(try utc("2500-01-01T00:00:00Z")).abbreviation == "AAA")
  }

  @Test
  func `says what is wrong with it`() {
    var leap = changing
    leap.leapSeconds = 1
    var disordered = changing
    disordered.transitions = [(0, 1), (0, 0)]
    var pointing = changing
    pointing.transitions = [(0, 2)]
    var nameless = changing
    nameless.types = [(0, 9)]
    var typeless = changing
    (typeless.types, typeless.transitions) = ([], [])
    var distant = changing
    distant.types = [(100_000, 0), (0, 0)]
    var endless = changing
    endless.footer = nil
    let damaged: [(ZoneFile, String)] = [
      (leap, "counts leap seconds; use the zone without 'right/'"),
      (disordered, "has transitions out of order"),
      (pointing, "points past its local times"),
      (nameless, "points past its names"),
      (typeless, "names no local time at all"),
      (distant, "has an offset of 100000 s, more than 26 hours"),
      (endless, "is cut short"),
    ]
    for (file, defect) in damaged {
      #expect(throws: ZoneFileError.self) { try ZoneRules(name: "Z", tzif: file.bytes) }
      do {
        _ = try ZoneRules(name: "Z", tzif: file.bytes)
      } catch {
        #expect(error.description == "zone file of 'Z' \(defect)")
      }
    }
  }

  @Test
  func `cut anywhere is refused`() throws {
    let whole = try SystemZones.bytes(of: "Europe/London")
    for length in stride(from: 0, to: whole.count, by: 37) {
      #expect(throws: ZoneFileError.self, "the first \(length) bytes") {
        try ZoneRules(name: "Z", tzif: Array(whole.prefix(length)))
      }
    }
  }

  @Test
  func `with any bytes changed gives rules or an error`() throws {
    let whole = try SystemZones.bytes(of: "Europe/London")
    var generator = SeededGenerator(state: 3)
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0...3 {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let zone = try? ZoneRules(name: "Z", tzif: bytes) else { continue }
      let local = zone.local(try utc("2100-07-01T12:00:00Z"))
      #expect(zone.resolve(local.date, local.time).earliest > Instant(microseconds: 0))
    }
  }
}
