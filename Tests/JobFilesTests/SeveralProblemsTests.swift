import Testing

@Suite(.timeLimit(.minutes(10)))
struct `Several problems of one file` {
  @Test(arguments: Self.cases)
  func `are all told, in its order`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .file(
      "in the file's order",
      "unit: 1️⃣sync-postions\ntimeout: 2️⃣25\nschedule:\n  every: 3️⃣30\n  4️⃣durng: {"
        + " market: nse-cash }\n5️⃣retrys: { attempts: 3 }\nmisfire: 6️⃣lastest",
      "1️⃣ no unit named 'sync-postions'; did you mean 'sync-positions'?",
      "2️⃣ '25' has no unit; say 25s or 25m",
      "3️⃣ '30' has no unit; say 30s or 30m",
      "4️⃣ unknown key 'durng'; did you mean 'during'?",
      "5️⃣ unknown key 'retrys'; did you mean 'retry'?",
      "6️⃣ expected latest, all, skip or ask for 'misfire', got 'lastest'; did you mean 'latest'?"),
    .job(
      "in one line",
      "retry: { attempts: 1️⃣0, backoff: 2️⃣5s..1s, on: [3️⃣never], 4️⃣times: 3 }",
      "1️⃣ expected 1 to 20 for 'retry.attempts', got '0'",
      "2️⃣ '5s..1s' runs backwards; write 1s..5s",
      "3️⃣ expected transient or any for 'retry.on', got 'never'",
      "4️⃣ unknown key 'times'; keys here are: attempts, backoff, on"),
    .file(
      "an anchor and an unknown key",
      "unit: 1️⃣&u sync-positions\ntimeout: 25s\n2️⃣colour: red",
      "1️⃣ anchors are not used here; write the value out",
      "2️⃣ unknown key 'colour'"),
    .job(
      "a repeated key and a wrong value",
      "1️⃣timeout: 30s\ngrace: 2️⃣5",
      "1️⃣ repeated key 'timeout'; the first is at 2:1",
      "2️⃣ '5' has no unit; say 5s or 5m"),
    .file(
      "what comes before broken YAML is not read",
      "colour: red\nunit: 1️⃣\"sync\ntimeout: 25s",
      "1️⃣ this quote is never closed"),
    .job(
      "behind wide characters",
      "tags: [建玉, 🎉, café, 5, 1️⃣[a]]",
      "1️⃣ expected text for 'tags', got a list"),
    .job("behind tabs", "tags: [a,\tb,\t1️⃣[c]]", "1️⃣ expected text for 'tags', got a list"),
    .file(
      "with the line ends of Windows",
      "unit: sync-positions\r\ntimeout: 1️⃣25\r\n2️⃣colour: red\r\n",
      "1️⃣ '25' has no unit; say 25s or 25m",
      "2️⃣ unknown key 'colour'"),
    .file(
      "with the line ends of old Macs",
      "unit: sync-positions\rtimeout: 1️⃣25\r2️⃣colour: red\r",
      "1️⃣ '25' has no unit; say 25s or 25m",
      "2️⃣ unknown key 'colour'"),
  ]
}
