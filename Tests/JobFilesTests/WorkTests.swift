import Testing

@Suite(.timeLimit(.minutes(10)))
struct `What a job does` {
  @Test(arguments: Self.cases)
  func `is refused unless it can be done`(_ wrong: Case) throws {
    let folder = try ScriptFolder()
    try wrong.expectRefusal(in: folder.path)
  }

  private static let cases: [Case] = [
    .file(
      "nothing to do",
      "1️⃣timeout: 25s",
      "1️⃣ nothing to do; give one of unit, command, sql or http"),
    .file(
      "nothing but a comment and a key",
      "1️⃣description: nothing\ntimeout: 25s",
      "1️⃣ nothing to do; give one of unit, command, sql or http"),
    .file(
      "nothing at all",
      "1️⃣description: nothing",
      "1️⃣ nothing to do; give one of unit, command, sql or http",
      "1️⃣ missing key 'timeout'"),
    .file("no time limit", "1️⃣unit: sync-positions", "1️⃣ missing key 'timeout'"),
    .work(
      "an unknown unit",
      "unit: 1️⃣sync-postions",
      "1️⃣ no unit named 'sync-postions'; did you mean 'sync-positions'?"),
    .work(
      "a unit far off",
      "unit: 1️⃣make-money",
      "1️⃣ no unit named 'make-money'; units are: analytics-rollup, end-of-day-report, "
        + "load-contracts, prune-history, reconcile, strategy-tick, sync-positions, try-parameters, update-prices"
    ),
    .work(
      "a unit in another case",
      "unit: 1️⃣Sync-Positions",
      "1️⃣ no unit named 'Sync-Positions'; did you mean 'sync-positions'?"),
    .work(
      "an empty unit",
      #"unit: 1️⃣"""#,
      "1️⃣ no unit named ''; units are: analytics-rollup, end-of-day-report, "
        + "load-contracts, prune-history, reconcile, strategy-tick, sync-positions, try-parameters, update-prices"
    ),
    .work("a unit without value", "unit:1️⃣", "1️⃣ expected text for 'unit', got nothing"),
    .work(
      "a unit as a list",
      "unit: 1️⃣[sync-positions]",
      "1️⃣ expected text for 'unit', got a list"),
    .work(
      "a unit as a mapping",
      "unit: 1️⃣{ name: sync-positions }",
      "1️⃣ expected text for 'unit', got a mapping"),
    .work(
      "a number for a unit",
      "unit: 1️⃣5",
      "1️⃣ no unit named '5'; units are: analytics-rollup, end-of-day-report, "
        + "load-contracts, prune-history, reconcile, strategy-tick, sync-positions, try-parameters, update-prices"
    ),
    .work(
      "a unit and a command",
      "unit: sync-positions\n1️⃣command: [prog]",
      "1️⃣ 'command' beside 'unit'; give one of them"),
    .work(
      "a command and a unit",
      "command: [prog]\n1️⃣unit: sync-positions",
      "1️⃣ 'unit' beside 'command'; give one of them"),
    .work(
      "all four",
      "unit: sync-positions\n1️⃣command: [prog]\nsql: report.sql\nhttp: { url: "
        + "\"https://example.com/\" }",
      "1️⃣ 'command' beside 'unit'; give one of them"),
    .work(
      "a command as a line",
      "command: 1️⃣prog --all",
      "1️⃣ expected a list for 'command', got 'prog --all'; no shell reads it: write "
        + "[program, argument, …]"),
    .work(
      "an empty command",
      "command: 1️⃣[]",
      "1️⃣ an empty command; write [program, argument, …]"),
    .work(
      "a command with an empty program",
      #"command: 1️⃣["", a]"#,
      "1️⃣ an empty command; write [program, argument, …]"),
    .work(
      "a command without value",
      "command:1️⃣",
      "1️⃣ expected a list for 'command', got nothing"),
    .work(
      "a command as a mapping",
      "command: 1️⃣{ prog: a }",
      "1️⃣ expected a list for 'command', got a mapping"),
    .work(
      "a command with a list inside",
      "command: [prog, 1️⃣[a]]",
      "1️⃣ expected text for 'command', got a list"),
    .work(
      "a command with a mapping inside",
      "command: [prog, 1️⃣{ a: b }]",
      "1️⃣ expected text for 'command', got a mapping"),
    .work(
      "a command with nothing inside",
      "command: [prog, 1️⃣~]",
      "1️⃣ expected text for 'command', got nothing"),
    .work(
      "a script that is not there",
      "sql: 1️⃣missing.sql",
      "1️⃣ 'jobs/missing.sql' is not there; the path is relative to the job file"),
    .work(
      "a script that is a folder",
      "sql: 1️⃣folder.sql",
      "1️⃣ 'jobs/folder.sql' is a folder, not a file"),
    .work(
      "a script that is a pipe",
      "sql: 1️⃣pipe.sql",
      "1️⃣ 'jobs/pipe.sql' is no ordinary file"),
    .work(
      "a script that is a device",
      "sql: 1️⃣/dev/zero",
      "1️⃣ '/dev/zero' is no ordinary file"),
    .work(
      "a script in another folder that is not there",
      "sql: 1️⃣../nowhere/x.sql",
      "1️⃣ 'jobs/../nowhere/x.sql' is not there; the path is relative to the job file"),
    .work("a script that is empty", "sql: 1️⃣empty.sql", "1️⃣ 'jobs/empty.sql' is empty"),
    .work("a script of blanks", "sql: 1️⃣blank.sql", "1️⃣ 'jobs/blank.sql' is empty"),
    .work(
      "a script that is no UTF-8",
      "sql: 1️⃣latin1.sql",
      "1️⃣ 'jobs/latin1.sql' is no UTF-8 text"),
    .work("a script with a NUL", "sql: 1️⃣nul.sql", "1️⃣ 'jobs/nul.sql' is no UTF-8 text"),
    .work(
      "a script that is too long",
      "sql: 1️⃣long.sql",
      "1️⃣ 'jobs/long.sql' has 1048577 bytes, more than 1048576"),
    .work(
      "a script that leads in a circle",
      "sql: 1️⃣circle.sql",
      "1️⃣ 'jobs/circle.sql' cannot be read: Too many levels of symbolic links"),
    .work(
      "a script as a list",
      "sql: 1️⃣[report.sql]",
      "1️⃣ expected text for 'sql', got a list"),
    .work("a script without value", "sql:1️⃣", "1️⃣ expected text for 'sql', got nothing"),
    .work("an empty name of a script", #"sql: 1️⃣"""#, "1️⃣ 'jobs/' is a folder, not a file"),
    .work(
      "the statement itself",
      "sql: 1️⃣select 1",
      "1️⃣ 'jobs/select 1' is not there; the path is relative to the job file"),
    .work(
      "a directory without a command",
      "unit: sync-positions\n1️⃣directory: /srv/desk",
      "1️⃣ 'directory' is for 'command'"),
    .work(
      "a directory for a script",
      "sql: report.sql\n1️⃣directory: /srv/desk",
      "1️⃣ 'directory' is for 'command'"),
    .work(
      "a directory as a list",
      "command: [prog]\ndirectory: 1️⃣[a]",
      "1️⃣ expected text for 'directory', got a list"),
    .work(
      "a result the unit does not give",
      "unit: sync-positions\n1️⃣result: reconciliation",
      "1️⃣ unit 'sync-positions' gives 'sync', not 'reconciliation'"),
    .work(
      "parameters of a script",
      "sql: report.sql\nwith: 1️⃣{ a: 1 }",
      "1️⃣ 'with' is for built-in units; a program takes its arguments in 'command'"),
    .work(
      "a result as a list",
      "command: [prog]\nresult: 1️⃣[a]",
      "1️⃣ expected text for 'result', got a list"),
  ]
}
