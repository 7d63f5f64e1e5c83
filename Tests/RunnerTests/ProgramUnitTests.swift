import JobStore
import Jobs
import Runner
import Testing

@Suite(.timeLimit(.minutes(10))) struct `Running a program` {
  @Test func `a program that ends well is ok and says nothing more`() async throws {
    #expect(try await ProgramBench("true").run() == RunResult(kind: "program"))
  }

  @Test func `both streams are kept in the order they were written`() async throws {
    let bench = ProgramBench.shell("echo one; echo two >&2; echo three")
    _ = try await bench.run()
    #expect(bench.transcript.text == "one\ntwo\nthree\n")
    #expect(bench.transcript.total == 14)
  }

  @Test func `a last line without its end is kept as it is`() async throws {
    let bench = ProgramBench.shell("printf 'half a line'")
    _ = try await bench.run()
    #expect(bench.transcript.text == "half a line")
    #expect(bench.transcript.total == 11)
  }

  @Test func `of a huge output the end is kept and all is counted`() async throws {
    let bench = ProgramBench.shell(
      "head -c 20000000 /dev/zero | tr '\\0' x; echo; echo the end", outputLimit: 100)
    _ = try await bench.run()
    #expect(bench.transcript.total == 20_000_009)
    #expect(bench.transcript.text == String(repeating: "x", count: 91) + "\nthe end\n")
  }

  @Test func `words reach the program as they are, without a shell`() async throws {
    let bench = ProgramBench("printf", "[%s]", "a b", "$HOME", "*", "", "ü;rm")
    _ = try await bench.run()
    #expect(bench.transcript.text == "[a b][$HOME][*][][ü;rm]")
  }

  @Test func `it runs in the job's directory`() async throws {
    var bench = ProgramBench("pwd")
    bench.job.directory = "/usr/lib"
    _ = try await bench.run()
    #expect(bench.transcript.text == "/usr/lib\n")
  }

  @Test func `it has no input to wait for`() async throws {
    let bench = ProgramBench("cat")
    _ = try await bench.run()
    #expect(bench.transcript.text == nil)
  }
}

@Suite(.timeLimit(.minutes(10))) struct `How a program ended` {
  struct Case: Sendable, CustomTestStringConvertible {
    let script: String
    let ending: Ending
    var testDescription: String { script }
  }

  @Test(arguments: [
    Case(
      script: "echo no prices; exit 1",
      ending: Ending(.failed, error: "/bin/sh exited with 1: no prices")),
    Case(
      script: "exit 3", ending: Ending(.failed, error: "/bin/sh exited with 3 and said nothing")),
    Case(
      script: "echo broker is down; exit 69",
      ending: Ending(
        .failed, errorClass: "transient",
        error: "/bin/sh exited with 69, try again: broker is down")),
    Case(
      script: "echo busy; echo; exit 75",
      ending: Ending(
        .failed, errorClass: "transient", error: "/bin/sh exited with 75, try again: busy")),
    Case(
      script: "echo sent, no answer; exit 76",
      ending: Ending(
        .unknown,
        error: "/bin/sh exited with 76, outcome unknown, a person must look: sent, no answer")),
    Case(
      script: "echo hm; kill -SEGV $$",
      ending: Ending(.failed, error: "/bin/sh was ended by signal 11 (SEGV): hm")),
    Case(
      script: "kill -KILL $$",
      ending: Ending(
        .failed,
        error: "/bin/sh was ended by signal 9 (KILL; if nobody sent it, the machine was out of "
          + "memory) and said nothing")),
    Case(
      script: "printf 'login with password=hunter2\\033[1m'; exit 2",
      ending: Ending(.failed, error: "/bin/sh exited with 2: login with password=…")),
  ])
  func `is told by its code, its signal and its last line`(_ example: Case) async {
    #expect(await ProgramBench.shell(example.script).ending() == example.ending)
  }

  @Test func `a last line that is long is cut`() async {
    let ending = await ProgramBench.shell("head -c 5000 /dev/zero | tr '\\0' y; exit 1").ending()
    #expect(
      ending.error == "/bin/sh exited with 1: " + String(repeating: "y", count: 294) + " (cut)")
  }
}

@Suite(.timeLimit(.minutes(10))) struct `A program that cannot be started` {
  @Test func `is named when it does not exist`() async {
    #expect(
      await ProgramBench("/opt/desk/missing").ending()
        == .failed("program /opt/desk/missing does not exist"))
  }

  @Test func `is named with the path it was looked for in`() async {
    #expect(
      await ProgramBench("no-such-program").ending()
        == .failed(
          "no program 'no-such-program' in PATH (/usr/bin:/bin); name it with its whole path"))
  }

  @Test func `is named when it may not be executed`() async throws {
    let folder = try ProgramFolder()
    let file = try folder.write("plain.sh", "#!/bin/sh\n")
    #expect(
      await ProgramBench(file).ending()
        == .failed("program \(file) is not executable; chmod +x it"))
  }

  @Test func `is named when it is a folder`() async {
    #expect(await ProgramBench("/usr/lib").ending() == .failed("program /usr/lib is not a file"))
  }

  @Test func `is named when its interpreter is missing`() async throws {
    let folder = try ProgramFolder()
    let file = try folder.write("job.py", "#!/opt/missing/python\n", mode: 0o755)
    #expect(
      await ProgramBench(file).ending()
        == .failed(
          "program \(file) could not be started; is the interpreter in its first line there?"))
  }

  @Test func `is named when the machine cannot run it`() async throws {
    let folder = try ProgramFolder()
    let file = try folder.write("job", "echo no first line\n", mode: 0o755)
    #expect(
      await ProgramBench(file).ending()
        == .failed(
          "program \(file) is of no kind this machine runs; a script needs a first line #!/bin/sh"))
  }

  @Test func `its directory is named when it does not exist`() async {
    var bench = ProgramBench("true")
    bench.job.directory = "/srv/missing"
    #expect(await bench.ending() == .failed("directory /srv/missing does not exist"))
  }

  @Test func `a relative path counts from the job's directory`() async throws {
    let folder = try ProgramFolder()
    _ = try folder.write("job.sh", "#!/bin/sh\necho found\n", mode: 0o755)
    var bench = ProgramBench("./job.sh")
    bench.job.directory = folder.path
    _ = try await bench.run()
    #expect(bench.transcript.text == "found\n")
  }

  @Test func `an empty command is refused`() async {
    var bench = ProgramBench("true")
    bench.job.work = .command([])
    #expect(
      await bench.ending()
        == .failed("the command is empty; write command: [program, argument]"))
  }
}
