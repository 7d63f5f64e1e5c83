import Testing

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `A broker's JSON` {
  private func read(_ text: String) throws -> JSON { try JSONReader.read(Array(text.utf8)) }

  @Test func `keeps every number as it was written and keys apart by case`() throws {
    let value = try read(
      #" {"a":1446122681227650728,"A":0.1000,"b":[-0,1e5,true,null,"\u20b9 \ud83d\ude00\n"]} "#)
    #expect(
      value
        == .object([
          JSON.Member(key: "a", value: .number("1446122681227650728")),
          JSON.Member(key: "A", value: .number("0.1000")),
          JSON.Member(
            key: "b",
            value: .list([.number("-0"), .number("1e5"), .bool(true), .null, .text("₹ 😀\n")])),
        ]))
    #expect(try read(value.spelled) == value)
  }

  @Test(arguments: [
    ("", 0, "the text ends early"), ("{\"a\":1,\"a\":2}", 10, "the key a comes twice"),
    ("[1,]", 3, "expected a value"), ("[01]", 2, "expected ]"),
    ("{} x", 3, "something follows the end"),
    ("nul", 0, "expected null"), ("\"\\x\"", 3, "an unknown escape"),
    ("\"\\ud800\"", 7, "half a surrogate pair"),
    ("\"a\nb\"", 3, "a text holds a control character"),
    ("<html>", 0, "expected a value"), ("[1", 2, "the text ends early"),
    ("NaN", 0, "expected a value"),
    ("{\"a\":+1}", 5, "expected a value"), ("1.", 2, "the text ends early"),
  ])
  func `that breaks the rules says where`(_ text: String, _ offset: Int, _ problem: String) {
    #expect(throws: JSONProblem(offset: offset, problem: problem)) { try read(text) }
  }

  /// PostgreSQL keeps no null character in a text, and one of them must not keep a book out.
  @Test func `holds no null character, however it is written`() throws {
    let read = try JSONReader.read(Array(#"["a\u0000b","\u0041"]"#.utf8))
    #expect(read == .list([.text("a\u{FFFD}b"), .text("A")]))
  }

  @Test func `that is nested without end stops at a bound`() {
    #expect(throws: JSONProblem(offset: 64, problem: "nested too deeply")) {
      try read(String(repeating: "[", count: 100_000))
    }
  }

  @Test func `of random bytes never does more than fail`() {
    var random = SeededBytes(seed: 7)
    let letters = Array("{}[]\",:0123456789.eE+-truefalsn\\u \u{FF}".utf8) + [0x80, 0xFF, 0x00]
    for _ in 0..<20_000 {
      let bytes = (0..<Int(random.next() % 40)).map { _ in
        letters[Int(random.next()) % letters.count]
      }
      if let value = try? JSONReader.read(bytes) {
        #expect((try? JSONReader.read(Array(value.spelled.utf8))) == value, "\(bytes)")
      }
    }
  }
}

/// A small generator of its own, so that a failure comes back with its seed.
struct SeededBytes {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }
}
