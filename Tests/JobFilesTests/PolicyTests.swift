import Testing

@Suite(.timeLimit(.minutes(10)))
struct `Retries, overlap and misfire` {
  @Test(arguments: Self.cases)
  func `are refused unless they can be kept`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .job("retry as a number", "retry: 1️⃣3", "1️⃣ expected a mapping for 'retry', got '3'"),
    .job("retry without value", "retry:1️⃣", "1️⃣ expected a mapping for 'retry', got nothing"),
    .job("an empty retry", "retry: 1️⃣{}", "1️⃣ missing key 'attempts' in 'retry'"),
    .job("no attempts", "retry: 1️⃣{ backoff: 1s..5s }", "1️⃣ missing key 'attempts' in 'retry'"),
    .job(
      "zero attempts",
      "retry: { attempts: 1️⃣0 }",
      "1️⃣ expected 1 to 20 for 'retry.attempts', got '0'"),
    .job(
      "too many attempts",
      "retry: { attempts: 1️⃣21 }",
      "1️⃣ expected 1 to 20 for 'retry.attempts', got '21'"),
    .job(
      "negative attempts",
      "retry: { attempts: 1️⃣-1 }",
      "1️⃣ expected 1 to 20 for 'retry.attempts', got '-1'"),
    .job(
      "attempts in words",
      "retry: { attempts: 1️⃣three }",
      "1️⃣ expected a whole number for 'retry.attempts', got 'three'"),
    .job(
      "quoted attempts",
      #"retry: { attempts: 1️⃣"3" }"#,
      "1️⃣ expected a whole number for 'retry.attempts', got the text '3'; remove the quotes"),
    .job(
      "half an attempt",
      "retry: { attempts: 1️⃣2.5 }",
      "1️⃣ expected a whole number for 'retry.attempts', got '2.5'"),
    .job(
      "attempts without value",
      "retry: { attempts: 1️⃣}",
      "1️⃣ expected a whole number for 'retry.attempts', got nothing"),
    .job(
      "a backoff that is no range",
      "retry: { attempts: 3, backoff: 1️⃣5s }",
      "1️⃣ '5s' is no range; write one such as 1s..5s"),
    .job(
      "a backoff backwards",
      "retry: { attempts: 3, backoff: 1️⃣5s..1s }",
      "1️⃣ '5s..1s' runs backwards; write 1s..5s"),
    .job(
      "a backoff with a hyphen",
      "retry: { attempts: 3, backoff: 1️⃣1s-5s }",
      "1️⃣ '1s-5s' is no range; write one such as 1s..5s"),
    .job(
      "a backoff with three dots",
      "retry: { attempts: 3, backoff: 1️⃣1s...5s }",
      "1️⃣ '.5s' is no span; write one such as 30s, 5m or 1h30m"),
    .job(
      "a backoff without units",
      "retry: { attempts: 3, backoff: 1️⃣1..5 }",
      "1️⃣ '1' has no unit; say 1s or 1m"),
    .job(
      "an open backoff",
      "retry: { attempts: 3, backoff: 1️⃣1s.. }",
      "1️⃣ '' is empty; write a span such as 30s"),
    .job(
      "a backoff without value",
      "retry: { attempts: 3, backoff: 1️⃣}",
      "1️⃣ expected a range of spans such as 1s..5s for 'retry.backoff', got nothing"),
    .job(
      "an unknown class of errors",
      "retry: { attempts: 3, on: [1️⃣transiet] }",
      "1️⃣ expected transient or any for 'retry.on', got 'transiet'; did you mean 'transient'?"),
    .job(
      "a class far off",
      "retry: { attempts: 3, on: [1️⃣timeout] }",
      "1️⃣ expected transient or any for 'retry.on', got 'timeout'"),
    .job(
      "an exit code for a class",
      "retry: { attempts: 3, on: [1️⃣75] }",
      "1️⃣ expected transient or any for 'retry.on', got '75'"),
    .job(
      "a class twice",
      "retry: { attempts: 3, on: [transient, 1️⃣transient] }",
      "1️⃣ 'transient' stands here twice"),
    .job(
      "classes as a mapping",
      "retry: { attempts: 3, on: 1️⃣{ transient: true } }",
      "1️⃣ expected transient or any for 'retry.on', got a mapping"),
    .scheduled(
      "an unknown overlap",
      "  every: 1h\noverlap: 1️⃣queue",
      "1️⃣ expected skip, queue-one or cancel-old for 'overlap', got 'queue'"),
    .scheduled(
      "an overlap with an underscore",
      "  every: 1h\noverlap: 1️⃣queue_one",
      "1️⃣ expected skip, queue-one or cancel-old for 'overlap', got 'queue_one'; did "
        + "you mean 'queue-one'?"),
    .scheduled(
      "an overlap that was cut",
      "  every: 1h\noverlap: 1️⃣allow",
      "1️⃣ expected skip, queue-one or cancel-old for 'overlap', got 'allow'"),
    .scheduled(
      "an overlap without value",
      "  every: 1h\noverlap:1️⃣",
      "1️⃣ expected skip, queue-one or cancel-old for 'overlap', got nothing"),
    .scheduled(
      "an overlap as a list",
      "  every: 1h\noverlap: 1️⃣[skip]",
      "1️⃣ expected skip, queue-one or cancel-old for 'overlap', got a list"),
    .job(
      "overlap without a schedule",
      "1️⃣overlap: skip",
      "1️⃣ 'overlap' without a schedule; it is about slots, and a job by hand has none"),
    .job(
      "misfire without a schedule",
      "1️⃣misfire: latest",
      "1️⃣ 'misfire' without a schedule; it is about slots, and a job by hand has none"),
    .job(
      "jitter without a schedule",
      "1️⃣jitter: 5s",
      "1️⃣ 'jitter' without a schedule; it is about slots, and a job by hand has none"),
    .job(
      "expiry without a schedule",
      "1️⃣expires_after: 5m",
      "1️⃣ 'expires_after' without a schedule; it is about slots, and a job by hand has none"),
    .scheduled(
      "an unknown misfire",
      "  every: 1h\nmisfire: 1️⃣lastest",
      "1️⃣ expected latest, all, skip or ask for 'misfire', got 'lastest'; did you mean 'latest'?"),
    .scheduled(
      "a misfire far off",
      "  every: 1h\nmisfire: 1️⃣ignore",
      "1️⃣ expected latest, all, skip or ask for 'misfire', got 'ignore'"),
    .scheduled(
      "a misfire without value",
      "  every: 1h\nmisfire:1️⃣",
      "1️⃣ expected latest, all, skip or ask for 'misfire', got nothing"),
    .scheduled(
      "a misfire as a list",
      "  every: 1h\nmisfire: 1️⃣[latest]",
      "1️⃣ expected latest, all, skip or ask for 'misfire', got a list"),
    .scheduled(
      "a misfire without a policy",
      "  every: 1h\nmisfire: 1️⃣{ within: 12h }",
      "1️⃣ missing key 'policy' in 'misfire'"),
    .scheduled(
      "an unknown policy",
      "  every: 1h\nmisfire: { policy: 1️⃣newest }",
      "1️⃣ expected latest, all, skip or ask for 'misfire.policy', got 'newest'"),
    .scheduled(
      "a span for within",
      "  every: 1h\nmisfire: { policy: latest, within: 1️⃣12 }",
      "1️⃣ '12' has no unit; say 12s or 12m"),
    .scheduled(
      "a session for within",
      "  every: 1h\nmisfire: { policy: latest, within: 1️⃣one_session }",
      "1️⃣ 'one_session' is no span; did you mean 'one-session'?"),
    .scheduled(
      "within nothing",
      "  every: 1h\nmisfire: { policy: latest, within: 1️⃣0s }",
      "1️⃣ must be longer than nothing"),
    .scheduled(
      "within without value",
      "  every: 1h\nmisfire: { policy: latest, within: 1️⃣}",
      "1️⃣ expected a span such as 30s for 'misfire.within', got nothing"),
    .scheduled(
      "within for skip",
      "  every: 1h\nmisfire: { policy: skip, 1️⃣within: 1h }",
      "1️⃣ 'within' with policy skip; it is for latest, all, ask"),
    .scheduled(
      "max for latest",
      "  every: 1h\nmisfire: { policy: latest, 1️⃣max: 10 }",
      "1️⃣ 'max' with policy latest; it is for all, ask"),
    .scheduled(
      "max of nothing",
      "  every: 1h\nmisfire: { policy: all, max: 1️⃣0 }",
      "1️⃣ expected 1 to 10000 for 'misfire.max', got '0'"),
    .scheduled(
      "max too large",
      "  every: 1h\nmisfire: { policy: all, max: 1️⃣10001 }",
      "1️⃣ expected 1 to 10000 for 'misfire.max', got '10001'"),
    .scheduled(
      "asking after for all",
      "  every: 1h\nmisfire: { policy: all, 1️⃣ask_after: 5m }",
      "1️⃣ 'ask_after' with policy all; it is for ask"),
    .scheduled(
      "everything for skip",
      "  every: 1h\nmisfire: { policy: skip, 1️⃣within: 1h, 2️⃣max: 5, 3️⃣ask_after: 5m }",
      "1️⃣ 'within' with policy skip; it is for latest, all, ask",
      "2️⃣ 'max' with policy skip; it is for all, ask",
      "3️⃣ 'ask_after' with policy skip; it is for ask"),
  ]
}
