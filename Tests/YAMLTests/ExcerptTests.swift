import Testing
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `A problem shows its line` {
  private func shown(_ line: String, column: Int, number: Int = 7) -> String {
    Problem(file: "f", line: number, column: column, message: "m", sourceLine: line).description
  }

  @Test
  func `with the caret under the character`() {
    #expect(
      shown("retrys: { attempts: 3 }", column: 1, number: 128) == """
        f:128:1: m
          128 | retrys: { attempts: 3 }
              | ^
        """)
  }

  @Test
  func `and nothing of it if it is the file as a whole`() {
    #expect(
      Problem(file: "f", line: 1, column: 1, message: "m", suggestion: "s").description
        == "f:1:1: m; s")
  }

  @Test
  func `with tabs kept, so that the caret lands where the terminal puts the character`() {
    #expect(shown("a\tb: x", column: 3) == "f:7:3: m\n  7 | a\tb: x\n    |  \t^")
  }

  @Test
  func `with two columns for wide characters and none for marks`() {
    #expect(shown("日本: x", column: 3) == "f:7:3: m\n  7 | 日本: x\n    |     ^")
    #expect(shown("🎉🎉x", column: 3) == "f:7:3: m\n  7 | 🎉🎉x\n    |     ^")
    #expect(shown("e\u{301}e\u{301}x", column: 3) == "f:7:3: m\n  7 | e\u{301}e\u{301}x\n    |   ^")
  }

  @Test
  func `with the caret behind the end where something is missing`() {
    #expect(shown("a: [1", column: 6) == "f:7:6: m\n  7 | a: [1\n    |      ^")
    #expect(shown("", column: 1) == "f:7:1: m\n  7 |\n    | ^")
  }

  @Test(arguments: [Int.min, -1, 0, 999, .max])
  func `whatever the column`(_ column: Int) {
    let text = shown("abc", column: column)
    #expect(text.hasSuffix(column > 3 ? "\n    |    ^" : "\n    | ^"))
  }

  @Test
  func `cut around the caret if it is long`() {
    let line = String((0..<400).map { Character(String($0 % 10)) })
    #expect(
      shown(line, column: 201) == """
        f:7:201: m
          7 | …\(digits(from: 140, 98))…
            | \(String(repeating: " ", count: 61))^
        """)
    #expect(
      shown(line, column: 1) == "f:7:1: m\n  7 | \(digits(from: 0, 98))…\n    | ^")
    #expect(
      shown(line, column: 401) == """
        f:7:401: m
          7 | …\(digits(from: 302, 98))
            | \(String(repeating: " ", count: 99))^
        """)
  }

  @Test
  func `whole if it just fits`() {
    let line = String(repeating: "x", count: 100)
    #expect(shown(line, column: 1) == "f:7:1: m\n  7 | \(line)\n    | ^")
  }

  @Test
  func `without what could take over the terminal`() {
    #expect(
      shown("a\u{1B}[2J\u{202E}b\u{7}", column: 2)
        == "f:7:2: m\n  7 | a\u{FFFD}[2J\u{FFFD}b\u{FFFD}\n    |  ^")
  }

  private func digits(from start: Int, _ count: Int) -> String {
    String((start..<start + count).map { Character(String($0 % 10)) })
  }
}
