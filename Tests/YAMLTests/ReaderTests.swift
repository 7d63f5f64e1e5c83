import FoundationEssentials
import Testing
import YAML

/// A small definition that uses every kind of reading once.
private struct Sample: Equatable {
  enum Overlap: String, CaseIterable {
    case skip
    case queueOne = "queue-one"
    case cancelOld = "cancel-old"
  }

  struct NotEven: Error, CustomStringConvertible {
    let text: String
    var description: String { "'\(text)' is not even" }
  }

  var unit: String
  var attempts: Int?
  var isSafe: Bool?
  var limit: Decimal?
  var overlap: Overlap?
  var even: Int?
  var alert: [String]
  var fresh: [String: Int]
  var shape: String?

  init?(_ reader: Reader) {
    let sample: Sample? = reader.mapping { keys in
      let unit = keys.required("unit") { $0.string() }
      let attempts = keys.optional("retry") { retry in
        retry.mapping { $0.required("attempts") { $0.int(in: 1...20) } }
      }
      return Sample(
        unit: unit ?? "", attempts: attempts,
        isSafe: keys.optional("idempotent") { $0.bool() },
        limit: keys.optional("limit") { $0.decimal() },
        overlap: keys.optional("overlap") { $0.word(Overlap.self) },
        even: keys.optional("even") { $0.parsed("an even number", by: Self.even) },
        alert: keys.optional("alert") { $0.oneOrMore { $0.string() } } ?? [],
        fresh: keys.optional("fresh") { $0.entries(Self.age) }.map {
          Dictionary($0) { first, _ in first }
        } ?? [:],
        shape: keys.atMostOne(of: ["command", "sql"])?.key)
    }
    guard let sample else { return nil }
    self = sample
  }

  init(
    unit: String, attempts: Int? = nil, isSafe: Bool? = nil, limit: Decimal? = nil,
    overlap: Overlap? = nil, even: Int? = nil, alert: [String] = [], fresh: [String: Int] = [:],
    shape: String? = nil
  ) {
    (self.unit, self.attempts, self.isSafe) = (unit, attempts, isSafe)
    (self.limit, self.overlap, self.even) = (limit, overlap, even)
    (self.alert, self.fresh, self.shape) = (alert, fresh, shape)
  }

  private static func age(_ key: String, _ reader: Reader) -> (String, Int)? {
    reader.int(in: 0 ... .max).map { (key, $0) }
  }

  private static func even(_ text: String) throws -> Int {
    guard let number = Int(text), number.isMultiple(of: 2) else { throw NotEven(text: text) }
    return number
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Typed reading` {
  @Test
  func `gives the values in their kinds`() throws {
    let text = """
      unit: sync   # a comment
      retry: { attempts: 3 }
      idempotent: true
      limit: -1250.50
      overlap: queue-one
      even: 4
      alert: email
      fresh: { positions: 60, prices: 5 }
      sql: a.sql
      """
    let sample = try YAMLFile.read(Array(text.utf8), name: "a.yaml", as: Sample.init)
    #expect(
      sample
        == Sample(
          unit: "sync", attempts: 3, isSafe: true, limit: Decimal(string: "-1250.50"),
          overlap: .queueOne, even: 4, alert: ["email"], fresh: ["positions": 60, "prices": 5],
          shape: "sql"))
  }

  @Test(arguments: refusals)
  func `reports all that is wrong`(_ refusal: Refusal) throws {
    let marked = MarkedText(refusal.document)
    let problems = try #require(throws: Problems.self) {
      try YAMLFile.read(marked.bytes, name: "jobs/a.yaml", as: Sample.init)
    }
    #expect(problems.description == marked.report(refusal.sentences, file: "jobs/a.yaml"))
  }

  static let refusals = [
    Refusal(
      "unknown key, near another",
      "unit: a\n1️⃣retrys: { attempts: 3 }", "unknown key 'retrys'; did you mean 'retry'?"),
    Refusal(
      "unknown key, far from all of few",
      "unit: a\nretry: { attempts: 3, 1️⃣jitter: 1s }",
      "unknown key 'jitter'; keys here are: attempts"),
    Refusal(
      "unknown key, far from all of many", "unit: a\n1️⃣colour: red", "unknown key 'colour'"),
    Refusal(
      "unknown key near one that is already there",
      "unit: a\n1️⃣Unit: b", "unknown key 'Unit'"),
    Refusal("missing key", "1️⃣alert: x", "missing key 'unit'"),
    Refusal(
      "missing key within a key", "unit: a\nretry: 1️⃣{}", "missing key 'attempts' in 'retry'"),
    Refusal("empty file", "1️⃣", "expected a mapping, got nothing"),
    Refusal("list for the whole file", "1️⃣- a\n- b", "expected a mapping, got a list"),
    Refusal("key without a value", "unit:1️⃣", "expected text for 'unit', got nothing"),
    Refusal(
      "template that YAML takes for a mapping",
      "unit: 1️⃣{item}", "expected text for 'unit', got a mapping"),
    Refusal(
      "word for a number", "unit: a\nretry: { attempts: 1️⃣three }",
      "expected a whole number for 'retry.attempts', got 'three'"),
    Refusal(
      "number in quotes", "unit: a\nretry: { attempts: 1️⃣\"3\" }",
      "expected a whole number for 'retry.attempts', got the text '3'; remove the quotes"),
    Refusal(
      "number with a leading zero", "unit: a\nretry: { attempts: 1️⃣010 }",
      "expected a whole number for 'retry.attempts', got '010'"),
    Refusal(
      "number out of range", "unit: a\nretry: { attempts: 1️⃣0 }",
      "expected 1 to 20 for 'retry.attempts', got '0'"),
    Refusal(
      "number too large for a machine", "unit: a\nretry: { attempts: 1️⃣99999999999999999999 }",
      "expected a whole number for 'retry.attempts', got '99999999999999999999'"),
    Refusal(
      "negative age", "unit: a\nfresh: { positions: 1️⃣-1 }",
      "expected 0 or more for 'fresh.positions', got '-1'"),
    Refusal(
      "yes for true", "unit: a\nidempotent: 1️⃣yes",
      "expected true or false for 'idempotent', got 'yes'; did you mean true?"),
    Refusal(
      "true in quotes", "unit: a\nidempotent: 1️⃣'true'",
      "expected true or false for 'idempotent', got the text 'true'; remove the quotes"),
    Refusal(
      "word for a decimal", "unit: a\nlimit: 1️⃣lots",
      "expected a number for 'limit', got 'lots'"),
    Refusal(
      "decimal with too many digits",
      "unit: a\nlimit: 1️⃣1.00000000000000000000000000000000000000001",
      "expected a number of at most 36 digits for 'limit', "
        + "got '1.00000000000000000000000000000000000000001'"),
    Refusal(
      "wrong word", "unit: a\noverlap: 1️⃣cancelold",
      "expected skip, queue-one or cancel-old for 'overlap', got 'cancelold'; "
        + "did you mean 'cancel-old'?"),
    Refusal(
      "word that is a list", "unit: a\noverlap: 1️⃣[skip]",
      "expected skip, queue-one or cancel-old for 'overlap', got a list"),
    Refusal("grammar of its own", "unit: a\neven: 1️⃣3", "'3' is not even"),
    Refusal(
      "list of the wrong things", "unit: a\nalert: [x, 1️⃣[y], 2️⃣{z: 1}]",
      "expected text for 'alert', got a list", "expected text for 'alert', got a mapping"),
    Refusal(
      "keys that exclude each other", "unit: a\nsql: a.sql\n1️⃣command: [b]",
      "'command' beside 'sql'; give one of them"),
    Refusal(
      "syntax and meaning at once",
      """
      unit: 1️⃣&x a
      retry: { attempts: 2️⃣many }
      3️⃣retry: {}
      4️⃣timeuot: 3
      """,
      "anchors are not used here; write the value out",
      "expected a whole number for 'retry.attempts', got 'many'",
      "repeated key 'retry'; the first is at 2:1", "unknown key 'timeuot'"),
    Refusal(
      "value of many lines",
      "unit: a\noverlap: 1️⃣|\n  one\n  two\n",
      "expected skip, queue-one or cancel-old for 'overlap', got the text 'one\\ntwo\\n'"),
  ]

  @Test(arguments: [
    ("retrys", "retry"), ("rtery", "retry"), ("RETRY", "retry"), ("expiresAfter", "expires_after"),
    ("expires-after", "expires_after"), ("time-out", "timeout"), ("unti", "unit"), ("x", nil),
    ("alarm", nil),
  ])
  func `knows which word was meant`(_ written: String, _ meant: String?) {
    #expect(nearest(to: written, in: ["expires_after", "retry", "timeout", "unit"]) == meant)
  }
}
