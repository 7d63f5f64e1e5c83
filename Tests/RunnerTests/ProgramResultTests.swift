import Jobs
import Runner
import Testing

@Suite(.timeLimit(.minutes(10))) struct `What a program reports` {
  private func ending(of json: String, kind: String? = nil) async -> Ending {
    var bench = ProgramBench("/bin/sh", "-c", "printf %s \"$1\" > \"$MUHURAT_RESULT\"", "sh", json)
    bench.job.result = kind
    return await bench.ending()
  }

  @Test func `becomes the run's result, every digit kept`() async {
    let ending = await ending(
      of: """
        {"verdict": "breaks", "figures": {"net": 149.50, "count": 3, "note": null, "big": 12345678901234567890123.45, "ok": true},
         "rows": [{"symbol": "INFY", "difference": -0.1}, {"nested": [1, {"a": "\\u00fc\\ud83d\\ude00\\n\\/"}, 1e400]}]}
        """, kind: "reconciliation")
    #expect(
      ending
        == .succeeded(
          RunResult(
            kind: "reconciliation", verdict: .breaks,
            figures: [
              "net": "149.50", "count": 3, "note": .null, "big": "12345678901234567890123.45",
              "ok": true,
            ],
            rows: [
              ["symbol": "INFY", "difference": "-0.1"], ["nested": [1, ["a": "ü😀\n/"], "1e400"]],
            ])))
  }

  @Test func `may leave everything out`() async {
    #expect(await ending(of: "{}") == .succeeded(RunResult(kind: "program")))
  }

  @Test func `loses the NULs that the database cannot hold`() async {
    #expect(
      await ending(of: #"{"figures": {"a\u0000b": "c\u0000d"}}"#)
        == .succeeded(RunResult(kind: "program", figures: ["a\u{2400}b": "c\u{2400}d"])))
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let json: String
    let problem: String
    var testDescription: String { json }
  }

  @Test(arguments: [
    Bad(json: "[1]", problem: "expected an object with verdict, figures and rows"),
    Bad(json: "\"ok\"", problem: "expected an object with verdict, figures and rows"),
    Bad(
      json: #"{"verdict": "fine"}"#,
      problem: "unknown verdict 'fine'; verdicts are: ok, warn, breaks, no_data, stale_input"),
    Bad(
      json: #"{"verdict": 1}"#,
      problem: "the verdict is not a text; verdicts are: ok, warn, breaks, no_data, stale_input"),
    Bad(json: #"{"figures": []}"#, problem: "figures: expected an object"),
    Bad(json: #"{"rows": {}}"#, problem: "rows: expected an array"),
    Bad(json: #"{"rows": [{}, 2]}"#, problem: "rows[1]: expected an object"),
    Bad(
      json: #"{"figure": {}}"#,
      problem: "unknown key 'figure'; there are: verdict, figures, rows"),
    Bad(json: #"{"verdict": ok}"#, problem: "not JSON at 1:13: expected a value"),
    Bad(json: #"{"verdict": "ok""#, problem: "not JSON at 1:17: expected ',' or '}'"),
    Bad(json: #"{"verdict": "ok",}"#, problem: "not JSON at 1:18: expected a key in quotes"),
    Bad(json: "{\n \"figures\": {\"ü\": 01}}", problem: "not JSON at 2:20: expected ',' or '}'"),
    Bad(json: #"{"rows": [1 2]}"#, problem: "not JSON at 1:13: expected ',' or ']'"),
    Bad(
      json: #"{"rows": [], "rows": []}"#,
      problem: "not JSON at 1:14: key 'rows' for the second time"),
    Bad(json: #"{"figures": {"a": "\ud800"}}"#, problem: "not JSON at 1:26: half a surrogate pair"),
    Bad(json: #"{"figures": {"a": "\x"}}"#, problem: "not JSON at 1:22: an unknown escape"),
    Bad(json: #"{"figures": {"a": "b"#, problem: "not JSON at 1:21: a string without its end"),
    Bad(json: #"{"figures": {"a": 1.}}"#, problem: "not JSON at 1:21: expected a digit"),
    Bad(json: "{} {}", problem: "not JSON at 1:4: more after the document's end"),
    Bad(
      json: String(repeating: "[", count: 101),
      problem: "not JSON at 1:101: nested more than 100 deep"),
    Bad(json: "", problem: "not JSON at 1:1: expected a value"),
  ])
  func `fails the run if it is malformed, saying where and why`(_ bad: Bad) async {
    let ending = await ending(of: bad.json)
    #expect(
      ending
        == .failed("the result of /bin/sh cannot be used: \(bad.problem)"))
  }

  @Test func `fails the run if it is too long`() async {
    let bench = ProgramBench.shell("head -c 1048577 /dev/zero > \"$MUHURAT_RESULT\"")
    #expect(
      await bench.ending()
        == .failed("the result of /bin/sh cannot be used: it is longer than 1048576 bytes"))
  }

  @Test func `fails the run if it is no plain file`() async {
    for script in ["mkfifo $MUHURAT_RESULT", "ln -s /etc/passwd $MUHURAT_RESULT"] {
      #expect(
        await ProgramBench.shell(script).ending()
          == .failed("the result of /bin/sh cannot be used: it is not a plain file"))
    }
  }

  @Test func `is not read if the program failed`() async {
    let bench = ProgramBench.shell("echo '{\"verdict\": \"ok\"}' > \"$MUHURAT_RESULT\"; exit 1")
    #expect(await bench.ending() == .failed("/bin/sh exited with 1 and said nothing"))
  }
}
