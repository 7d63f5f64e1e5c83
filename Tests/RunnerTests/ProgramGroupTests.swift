import FoundationEssentials
import Glibc
import JobStore
import Jobs
import Runner
import Support
import Testing

@Suite(.timeLimit(.minutes(10))) struct `The end of a program and of all it started` {
  /// Two generations that ignore TERM; each writes its number down.
  private let stubborn = """
    trap '' TERM
    echo $$ >> "$1/pids"
    sh -c 'echo $$ >> "$1/pids"
      sh -c "echo \\$\\$ >> $1/pids; exec tail -f /dev/null" &
      exec tail -f /dev/null' sh "$1" &
    exec tail -f /dev/null
    """

  @Test func `a cancelled tree that ignores TERM is killed to the last grandchild`() async throws {
    let folder = try ProgramFolder()
    var bench = ProgramBench("/bin/sh", "-c", stubborn, "sh", folder.path)
    bench.job.grace = .milliseconds(100)
    let attempt = Task { [bench] in try await bench.run() }
    let processes = try await folder.processes("pids", count: 3)
    attempt.cancel()
    await #expect(throws: CancellationError.self) { try await attempt.value }
    for process in processes { #expect(!isAlive(process), "\(process) outlived its run") }
  }

  @Test func `one whose time is over is killed at once, whatever its grace`() async throws {
    let folder = try ProgramFolder()
    var bench = ProgramBench("/bin/sh", "-c", stubborn, "sh", folder.path)
    bench.job.grace = .seconds(600)
    let attempt = Task { [bench] in try await bench.run() }
    let processes = try await folder.processes("pids", count: 3)
    attempt.cancel()
    bench.kill()
    await #expect(throws: CancellationError.self) { try await attempt.value }
    for process in processes { #expect(!isAlive(process), "\(process) outlived its lease") }
    bench.kill()
  }

  @Test func `a cancelled program is asked first and may finish what it does`() async throws {
    let folder = try ProgramFolder()
    var bench = ProgramBench(
      "/bin/sh", "-c",
      """
      trap 'echo tidied up; echo done > "$1/tidy"; exit 0' TERM
      echo $$ > "$1/pids"
      tail -f /dev/null & wait
      """, "sh", folder.path)
    bench.job.grace = .seconds(60)
    let attempt = Task { [bench] in try await bench.run() }
    _ = try await folder.processes("pids", count: 1)
    attempt.cancel()
    await #expect(throws: CancellationError.self) { try await attempt.value }
    #expect(folder.read("tidy") == "done\n")
    #expect(bench.transcript.text == "tidied up\n")
  }

  @Test func `a child that tidies up longer than its parent has the grace too`() async throws {
    let folder = try ProgramFolder()
    var bench = ProgramBench(
      "/bin/sh", "-c",
      """
      sh -c 'trap "read _ < $1/gate; echo done > $1/tidy; exit 0" TERM
        echo $$ >> "$1/pids"; tail -f /dev/null & wait' sh "$1" &
      echo $$ >> "$1/pids"
      exec tail -f /dev/null
      """, "sh", folder.path)
    bench.job.grace = .seconds(60)
    let gate = try folder.gate("gate")
    let attempt = Task { [bench] in try await bench.run() }
    let processes = try await folder.processes("pids", count: 2)
    attempt.cancel()
    try await eventually("one of the two is gone") { processes.count(where: isAlive) == 1 }
    gate.open()
    await #expect(throws: CancellationError.self) { try await attempt.value }
    #expect(folder.read("tidy") == "done\n")
  }

  @Test func `what a program leaves behind is killed when it ends`() async throws {
    let folder = try ProgramFolder()
    let bench = ProgramBench(
      "/bin/sh", "-c",
      """
      mkfifo "$1/up"
      sh -c 'trap "" TERM; echo $$ > "$1/pids"; echo > "$1/up"; exec tail -f /dev/null' sh "$1" &
      read _ < "$1/up"
      echo over
      """, "sh", folder.path)
    _ = try await bench.run()
    #expect(bench.transcript.text == "over\n")
    for process in try await folder.processes("pids", count: 1) {
      #expect(!isAlive(process), "\(process) outlived its program")
    }
  }

  @Test func `one that left the group and holds the output does not hang the run`() async throws {
    let folder = try ProgramFolder()
    let bench = ProgramBench(
      "/bin/sh", "-c",
      """
      mkfifo "$1/up"
      setsid sh -c 'echo $$ > "$1/pids"; echo > "$1/up"; exec tail -f /dev/null' sh "$1" &
      read _ < "$1/up"
      echo over
      """, "sh", folder.path)
    _ = try await bench.run()
    #expect(bench.transcript.text == "over\n")
    for process in try await folder.processes("pids", count: 1) { kill(process, SIGKILL) }
  }

  @Test func `one that left the group and writes without end does not hang the run`() async throws {
    let folder = try ProgramFolder()
    let bench = ProgramBench(
      "/bin/sh", "-c",
      """
      mkfifo "$1/up"
      setsid sh -c 'echo $$ > "$1/pids"; echo > "$1/up"; exec yes' sh "$1" &
      read _ < "$1/up"
      """, "sh", folder.path)
    _ = try await bench.run()
    let processes = try await folder.processes("pids", count: 1)
    try await eventually("it has nobody left to write to") { !isAlive(processes[0]) }
  }

  @Test func `a program that closes its output is still waited for`() async throws {
    let folder = try ProgramFolder()
    let gate = try folder.gate("gate")
    let bench = ProgramBench(
      "/bin/sh", "-c",
      "exec >&- 2>&-; echo $$ > $1/pids; read _ < $1/gate; echo done > $1/late; exit 3", "sh",
      folder.path)
    async let ending = bench.ending()
    _ = try await folder.processes("pids", count: 1)
    gate.open()
    #expect(await ending == .failed("/bin/sh exited with 3 and said nothing"))
    #expect(folder.read("late") == "done\n")
  }

  @Test func `an attempt that was cancelled before it began starts nothing`() async throws {
    let folder = try ProgramFolder()
    let bench = ProgramBench("/bin/sh", "-c", "echo x > \"$1/began\"", "sh", folder.path)
    let attempt = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await bench.run()
    }
    await #expect(throws: CancellationError.self) { try await attempt.value }
    #expect(folder.read("began") == nil)
  }

  @Test func `many programs at once end each with its own code`() async throws {
    await withTaskGroup(of: (Int, Ending).self) { group in
      for number in 1...40 {
        group.addTask { (number, await ProgramBench.shell("echo \(number); exit 1").ending()) }
      }
      for await (number, ending) in group {
        #expect(ending == .failed("/bin/sh exited with 1: \(number)"))
      }
    }
  }

  @Test func `a runner that is killed takes its programs with it`() async throws {
    let folder = try ProgramFolder()
    let path = folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      // What a killed runner leaves behind goes with the test's folder.
      setenv("TMPDIR", path, 1)
      let bench = ProgramBench(
        "/bin/sh", "-c",
        """
        exec >"$1/log" 2>&1
        trap "" TERM
        sh -c 'echo $$ >> "$1/pids"; exec tail -f /dev/null' sh "$1" &
        echo $$ >> "$1/pids"
        exec tail -f /dev/null
        """, "sh", path)
      let attempt = Task { try await bench.run() }
      try await eventually("both are up") {
        FileManager.default.contents(atPath: path + "/pids")?.count { $0 == 0x0A } == 2
      }
      kill(getpid(), SIGKILL)
      _ = try await attempt.value
    }
    for process in try await folder.processes("pids", count: 2) {
      try await eventually("\(process) is killed after its runner") { !isAlive(process) }
    }
  }
}
