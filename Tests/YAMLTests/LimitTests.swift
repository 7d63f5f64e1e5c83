import Testing
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `A file beyond the limits` {
  private func report(_ bytes: [UInt8], _ limits: Limits = Limits()) -> String {
    do {
      return "accepted \(try YAMLFile.node(bytes, name: "a.yaml", limits: limits))"
    } catch {
      return error.description
    }
  }

  private func report(_ text: String, _ limits: Limits = Limits()) -> String {
    report(Array(text.utf8), limits)
  }

  @Test
  func `is refused for its size before it is read`() {
    #expect(
      report([UInt8](repeating: 0xFF, count: (1 << 20) + 1))
        == "a.yaml:1:1: the file has 1048577 bytes, more than 1048576")
  }

  @Test
  func `is refused where it nests too deep`() {
    #expect(
      report("[[[[x]]]]", Limits(depth: 4)) == """
        a.yaml:1:5: nested deeper than 4 levels
          1 | [[[[x]]]]
            |     ^
        """)
    let brackets = String(repeating: "[", count: 200_000)
    #expect(report(brackets).hasPrefix("a.yaml:1:33: nested deeper than 32 levels\n"))
    let braces = String(repeating: "{a: ", count: 50_000)
    #expect(report(braces).hasPrefix("a.yaml:1:126: nested deeper than 32 levels\n"))
  }

  @Test
  func `is refused at the value that is one too many`() {
    #expect(
      report("[1, 2, 3]", Limits(nodes: 3)) == """
        a.yaml:1:8: more than 3 values; split the file
          1 | [1, 2, 3]
            |        ^
        """)
  }

  @Test
  func `reports no more problems than anyone would read`() {
    let text = (1...200).map { "k\($0): !t x" }.joined(separator: "\n")
    let lines = report(text).split(separator: "\n")
    #expect(lines.count == 50 * 3)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The bytes of a file` {
  private func report(_ bytes: [UInt8]) -> String {
    do {
      return "accepted \(try YAMLFile.read(bytes, name: "a.yaml") { $0.node.mark })"
    } catch {
      return error.description
    }
  }

  @Test
  func `are refused where they are not UTF 8`() {
    #expect(
      report(Array("a: 1\nb: é".utf8) + [0xC3, 0x28]) == """
        a.yaml:2:5: not UTF-8; save the file as UTF-8
          2 | b: é�(
            |     ^
        """)
    #expect(
      report([0xFF, 0xFE, 0x61, 0x00]) == """
        a.yaml:1:1: not UTF-8; save the file as UTF-8
          1 | ��a�
            | ^
        """)
  }

  @Test
  func `are refused where they hold a control character`() {
    #expect(
      report(Array("a: 1\nb: \u{0}x".utf8)) == """
        a.yaml:2:4: the character U+0000 cannot be used; remove it
          2 | b: �x
            |    ^
        """)
    #expect(
      report(Array("a: \u{1B}[31m".utf8)) == """
        a.yaml:1:4: the character U+001B cannot be used; remove it
          1 | a: �[31m
            |    ^
        """)
  }

  @Test
  func `may begin with a byte order mark, which counts for nothing`() {
    #expect(
      report([0xEF, 0xBB, 0xBF] + Array("a: &x 1".utf8)) == """
        a.yaml:1:4: anchors are not used here; write the value out
          1 | a: &x 1
            |    ^
        """)
    #expect(
      report(Array("a: \u{FEFF}1".utf8)) == """
        a.yaml:1:4: the character U+FEFF cannot be used; remove it
          1 | a: \u{FEFF}1
            |    ^
        """)
  }

  @Test(arguments: ["", "\n", "# nothing but a comment\n", "---\n"])
  func `may be none, which is nothing`(_ text: String) throws {
    let node = try YAMLFile.node(Array(text.utf8), name: "a.yaml")
    #expect(node.isNull)
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `may end their lines in any of three ways`(_ lineEnd: String) throws {
    let text = ["a: 1", "b: [x,", "  y]", "c: *z"].joined(separator: lineEnd)
    #expect(
      report(Array(text.utf8)) == """
        a.yaml:4:4: aliases are not used here; write the value out
          4 | c: *z
            |    ^
        """)
  }

  @Test
  func `count lines as editors do, also after separators that only YAML knows`() {
    let text = "a: \"x\u{2028}y\"\nb: *z"
    #expect(
      report(Array(text.utf8)) == """
        a.yaml:2:4: aliases are not used here; write the value out
          2 | b: *z
            |    ^
        """)
  }
}
