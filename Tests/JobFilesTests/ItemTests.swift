import Testing

@Suite(.timeLimit(.minutes(10)))
struct `Items, locks and the order of jobs` {
  @Test(arguments: Self.cases)
  func `are refused unless they name what is there`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .job(
      "an unknown item source",
      "for_each: 1️⃣acount",
      "1️⃣ no item source named 'acount'; did you mean 'account'?"),
    .job(
      "an item source far off",
      "for_each: 1️⃣desk",
      "1️⃣ no item source named 'desk'; item sources are: account"),
    .job(
      "items as a list",
      "for_each: 1️⃣[account]",
      "1️⃣ expected text for 'for_each', got a list"),
    .job("items without value", "for_each:1️⃣", "1️⃣ expected text for 'for_each', got nothing"),
    .job(
      "an unknown place in a lock",
      #"lock: 1️⃣"account/{itme}""#,
      "1️⃣ unknown place '{itme}' in a lock's name; did you mean '{item}'?"),
    .job(
      "a place far off in a lock",
      #"lock: 1️⃣"account/{customer}""#,
      "1️⃣ unknown place '{customer}' in a lock's name; places are {job}, {item}, "
        + "{due_at}, {business_date}"),
    .job(
      "a place that is not closed",
      #"lock: 1️⃣"account/{item""#,
      "1️⃣ '{item' in a lock's name is not closed; write '{item}'"),
    .job(
      "an empty place",
      #"lock: 1️⃣"account/{}""#,
      "1️⃣ unknown place '{}' in a lock's name; places are {job}, {item}, {due_at}, "
        + "{business_date}"),
    .job(
      "two unknown places",
      #"lock: 1️⃣"{jbo}/{user}""#,
      "1️⃣ unknown place '{jbo}' in a lock's name; did you mean '{job}'?",
      "1️⃣ unknown place '{user}' in a lock's name; places are {job}, {item}, {due_at},"
        + " {business_date}"),
    .job(
      "the item of a job without items",
      #"lock: 1️⃣"account/{item}""#,
      "1️⃣ '{item}' in a lock's name, and the job has no for_each"),
    .job("an empty lock", #"lock: 1️⃣"""#, "1️⃣ an empty lock name"),
    .job("a blank lock", #"lock: 1️⃣"  ""#, "1️⃣ an empty lock name"),
    .job("a lock without value", "lock:1️⃣", "1️⃣ expected text for 'lock', got nothing"),
    .job("a lock as a list", "lock: 1️⃣[a, b]", "1️⃣ expected text for 'lock', got a list"),
    .job(
      "after without a schedule",
      "1️⃣after: [reconcile]",
      "1️⃣ 'after' without a schedule; it is about slots, and a job by hand has none"),
    .scheduled(
      "after without an expiry",
      "  every: 1h\n1️⃣after: [reconcile]",
      "1️⃣ 'after' without 'expires_after'; say until when it may wait, such as "
        + "expires_after: 16h"),
    .scheduled(
      "after a job twice",
      "  every: 1h\nafter: [reconcile, 1️⃣reconcile]\nexpires_after: 1h",
      "1️⃣ 'reconcile' stands here twice"),
    .scheduled(
      "after a job in an unknown way",
      "  every: 1h\nafter: { reconcile: 1️⃣done }\nexpires_after: 1h",
      "1️⃣ expected succeeded or settled for 'after.reconcile', got 'done'"),
    .scheduled(
      "after a job misspelt way",
      "  every: 1h\nafter: { reconcile: 1️⃣setled }\nexpires_after: 1h",
      "1️⃣ expected succeeded or settled for 'after.reconcile', got 'setled'; did you "
        + "mean 'settled'?"),
    .scheduled(
      "after a job without value",
      "  every: 1h\nafter: { reconcile: 1️⃣}\nexpires_after: 1h",
      "1️⃣ expected succeeded or settled for 'after.reconcile', got nothing"),
    .scheduled(
      "after a list in a list",
      "  every: 1h\nafter: [1️⃣[reconcile]]\nexpires_after: 1h",
      "1️⃣ expected text for 'after', got a list"),
    .scheduled(
      "after without value",
      "  every: 1h\nafter:1️⃣\nexpires_after: 1h",
      "1️⃣ expected text for 'after', got nothing"),
    .job(
      "once without a schedule",
      "1️⃣once_per: business-date",
      "1️⃣ 'once_per' without a schedule; it is about slots, and a job by hand has none"),
    .scheduled(
      "once per something else",
      "  every: 1h\nonce_per: 1️⃣day",
      "1️⃣ expected business-date for 'once_per', got 'day'"),
    .scheduled(
      "once per with an underscore",
      "  every: 1h\nonce_per: 1️⃣business_date",
      "1️⃣ expected business-date for 'once_per', got 'business_date'; did you mean "
        + "'business-date'?"),
    .scheduled(
      "once per without value",
      "  every: 1h\nonce_per:1️⃣",
      "1️⃣ expected business-date for 'once_per', got nothing"),
  ]
}
