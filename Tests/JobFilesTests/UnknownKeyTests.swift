import Testing

@Suite(.timeLimit(.minutes(10)))
struct `A job file with an unknown key` {
  @Test(arguments: Self.cases)
  func `is refused where the key stands`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .job(
      "a letter missing",
      "1️⃣retrys: { attempts: 3 }",
      "1️⃣ unknown key 'retrys'; did you mean 'retry'?"),
    .job(
      "letters swapped",
      "1️⃣overlpa: skip",
      "1️⃣ unknown key 'overlpa'; did you mean 'overlap'?"),
    .job(
      "a hyphen for an underscore",
      "1️⃣expires-after: 30s",
      "1️⃣ unknown key 'expires-after'; did you mean 'expires_after'?"),
    .job("another case", "1️⃣Timeout: 30s", "1️⃣ unknown key 'Timeout'"),
    .job(
      "camel case",
      "1️⃣forEach: account",
      "1️⃣ unknown key 'forEach'; did you mean 'for_each'?"),
    .job("something else", "1️⃣colour: red", "1️⃣ unknown key 'colour'"),
    .job("another system's word", "1️⃣retries: 3", "1️⃣ unknown key 'retries'"),
    .job(
      "another system's word for the schedule",
      #"1️⃣cron: "* * * * *""#,
      "1️⃣ unknown key 'cron'; it belongs into 'schedule'"),
    .job(
      "every at the top",
      "1️⃣every: 30s",
      "1️⃣ unknown key 'every'; it belongs into 'schedule'"),
    .job("at at the top", #"1️⃣at: "16:20""#, "1️⃣ unknown key 'at'; it belongs into 'schedule'"),
    .job(
      "timezone at the top",
      "1️⃣timezone: Asia/Kolkata",
      "1️⃣ unknown key 'timezone'; it belongs into 'schedule'"),
    .job("name", "1️⃣name: sync", "1️⃣ unknown key 'name'"),
    .job("enabled", "1️⃣enabled: true", "1️⃣ unknown key 'enabled'"),
    .job("env", "1️⃣env: { A: b }", "1️⃣ unknown key 'env'"),
    .job(
      "a comment without a space is a key's value",
      "1️⃣overlap: 2️⃣skip#now",
      "1️⃣ 'overlap' without a schedule; it is about slots, and a job by hand has none",
      "2️⃣ expected skip, queue-one or cancel-old for 'overlap', got 'skip#now'"),
    .job(
      "two unknown keys",
      "1️⃣retrys: { attempts: 3 }\n2️⃣promises: { success_within: 90s }",
      "1️⃣ unknown key 'retrys'; did you mean 'retry'?",
      "2️⃣ unknown key 'promises'; did you mean 'promise'?"),
    .job(
      "a pool without places",
      "pool: { name: broker-api, max: 1️⃣0 }",
      "1️⃣ expected 1 to 1000 for 'pool.max', got '0'"),
    .job(
      "unknown in retry",
      "retry: { attempts: 3, 1️⃣attemps: 2 }",
      "1️⃣ unknown key 'attemps'; keys here are: attempts, backoff, on"),
    .job(
      "unknown in retry, far off",
      "retry: { attempts: 3, 1️⃣forever: true }",
      "1️⃣ unknown key 'forever'; keys here are: attempts, backoff, on"),
    .job(
      "unknown in misfire",
      "1️⃣misfire: { policy: latest, 2️⃣withn: 12h }",
      "1️⃣ 'misfire' without a schedule; it is about slots, and a job by hand has none",
      "2️⃣ unknown key 'withn'; did you mean 'within'?"),
    .job(
      "unknown in needs",
      "needs: { 1️⃣signedin: true }",
      "1️⃣ unknown key 'signedin'; did you mean 'signed_in'?"),
    .job(
      "unknown in needs, far off",
      "needs: { 1️⃣market_open: true }",
      "1️⃣ unknown key 'market_open'; keys here are: fresh, gates, signed_in"),
    .job(
      "unknown in promise",
      "promise: { 1️⃣succes_within: 90s }",
      "1️⃣ unknown key 'succes_within'; did you mean 'success_within'?"),
    .job(
      "unknown in promise alone",
      #"promise: { 1️⃣by: "17:20" }"#,
      "1️⃣ unknown key 'by'; keys here are: ok_by, start_within, success_within"),
    .scheduled(
      "unknown in schedule",
      "  every: 30s\n  1️⃣durng: { market: nse-cash }",
      "1️⃣ unknown key 'durng'; did you mean 'during'?"),
    .scheduled(
      "unknown in schedule, far off",
      "  every: 30s\n  1️⃣repeat: true",
      "1️⃣ unknown key 'repeat'; keys here are: at, cron, dst_fold, dst_gap, during, "
        + "every, timezone"),
    .scheduled(
      "unknown in during",
      "  every: 30s\n  during: { market: nse-cash, 1️⃣phase: [continuous] }",
      "1️⃣ unknown key 'phase'; did you mean 'phases'?"),
    .scheduled(
      "unknown in during, far off",
      "  every: 30s\n  during: { market: nse-cash, 1️⃣open: true }",
      "1️⃣ unknown key 'open'; keys here are: from, market, phases, until"),
    .work(
      "unknown in http",
      #"http: { url: "https://example.com/", 1️⃣mehtod: POST }"#,
      "1️⃣ unknown key 'mehtod'; did you mean 'method'?"),
    .work(
      "unknown in http, far off",
      #"http: { url: "https://example.com/", 1️⃣retries: 3 }"#,
      "1️⃣ unknown key 'retries'; keys here are: body, headers, method, url"),
    .job("unknown in with", "with: { 1️⃣speed: fast }", "1️⃣ unknown key 'speed'"),
  ]
}
