import Testing

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
struct `JSON text` {
  @Test(arguments: [
    #"{"b":1,"a":2.50,"A":-0.1e+3,"a":null}"#, #"[true,false,[],{},""]"#,
    #""quote \" backslash \\ line \n tab \t""#, "1446122681227650728", #""₹ नमस्ते""#, "0",
  ])
  func `comes out as it went in`(text: String) throws {
    #expect(try #require(JSON(reading: text.utf8)).text == text)
  }

  @Test func `may be spaced and escaped`() throws {
    let spaced = " { \"a\" : [ 1 , \"\\u20b9\\ud83d\\ude00\\/\" ] }\r\n"
    #expect(JSON(reading: spaced.utf8)?.text == #"{"a":[1,"₹😀/"]}"#)
    #expect(JSON.string("\u{1}").text == #""\u0001""#)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "1e", "nul", "\"", "\"\\x\"",
    "\"\\ud800\"", "\"\u{1}\"", "[1] 2", "{1:2}", "+1", ".5", "\"\\u12\"",
    String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
  ])
  func `that is none is refused`(text: String) {
    #expect(JSON(reading: text.utf8) == nil)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Amounts` {
  @Test(arguments: [
    ("0", 0), ("149.5", 14950), ("24.35", 2435), ("26000.0000", 2_600_000), ("1", 100),
  ])
  func `are read to the paisa`(text: String, count: Int64) {
    #expect(Paise(text: text)?.count == count)
  }

  @Test(arguments: ["", ".", "1.", ".5", "-1", "1.005", "1e3", "1,5", "9999999999999", "½"])
  func `that are none are refused`(text: String) {
    #expect(Paise(text: text) == nil)
  }

  @Test func `are written as the books write them`() {
    #expect(
      [0, 1, 2435, 14950, 100, -5, -14950].map { Paise($0).text }
        == ["0", "0.01", "24.35", "149.5", "1", "-0.05", "-149.5"])
    #expect(
      [0, 155_042, 10_739_100, -5].map { Paise($0).number }
        == ["0.0", "1550.42", "107391.0", "-0.05"])
  }
}
