import FoundationEssentials
import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `A stored definition` {
  @Test
  func `reads as it was written`() throws {
    var job = Job(
      name: "reconcile", work: .sql(path: "reconcile.sql", text: "select 1"),
      timeout: .seconds(1_200))
    job.schedule = Schedule(
      timing: .cron(cron("20 16 * * mon-fri")), during: .syncing, timezone: "Asia/Kolkata")
    job.schedule?.fold = .both
    job.forEach = "account"
    job.lock = .standard(job: "reconcile", hasItems: true)
    job.retry = RetryPolicy(attempts: 3, backoff: .seconds(60) ... .seconds(600))
    job.misfire = Misfire(policy: .ask, within: .seconds(43_200), max: 5, askAfter: .seconds(60))
    job.expiresAfter = .seconds(64_800)
    job.after = [After(job: "sync", condition: .settled)]
    job.needs = Needs(signedIn: true, fresh: [.init(of: "positions", within: .seconds(60))])
    job.promise = Promise(successWithin: .seconds(90), okBy: time("17:20"))
    job.pool = PoolLimit(name: "broker", max: 2)
    job.parameters = ["depth": 3, "names": ["a", "b"], "strict": true]
    let stored = try JSONEncoder().encode(job)
    #expect(try JSONDecoder().decode(Job.self, from: stored) == job)
    #expect(job.idempotent, "a script's commit decides")
  }

  @Test
  func `keeps spans as an operator writes them and leaves out what is absent`() throws {
    let job = Job(name: "sync", work: .unit("sync-positions"), timeout: .milliseconds(1_500))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(
      String(decoding: try encoder.encode(job), as: UTF8.self)
        == #"{"after":[],"alert":[],"grace":"5s","idempotent":false,"lock":"sync","misfire":{"max":100,"policy":"latest","within_session":false},"name":"sync","needs":{"fresh":[],"gates":[],"signed_in":false},"once_per_business_date":false,"output_limit":65536,"overlap":"skip","retry":{"attempts":1,"longest":"1m","on":["transient"],"shortest":"1s"},"tags":[],"timeout":"1s500ms","with":{},"work":{"unit":"sync-positions"}}"#
    )
  }

  @Test
  func `of which time is read in words`() {
    #expect(
      Schedule.every(.seconds(30), during: .syncing).words
        == "every 30s, while nse-cash is in pre-open, continuous, until close+5m")
    #expect(
      Schedule.at("16:20", during: .nse).words
        == "daily at 16:20 Asia/Kolkata, on days nse-cash trades")
    #expect(
      Schedule.atMarket(.close, .seconds(-900)).words == "at close-15m, on days nse-cash trades")
    #expect(Schedule.cron("0 9 * * *", "UTC").words == "cron 0 9 * * * UTC")
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Business dates` {
  struct Case: CustomTestStringConvertible {
    var at: String
    var date: String?
    var testDescription: String { at }
  }

  @Test(arguments: [
    Case(at: "2026-07-09T05:59:59", date: "2026-07-08"),
    Case(at: "2026-07-09T06:00:00", date: "2026-07-09"),
    Case(at: "2026-07-12T16:20:00", date: "2026-07-11"),
    Case(at: "2026-07-14T16:20:00", date: "2026-07-13"),
    Case(at: "2026-11-08T20:00:00", date: "2026-11-08"),
    Case(at: "2027-01-02T12:00:00", date: nil),
  ])
  func `of a market's job are sessions`(_ test: Case) {
    let schedule = Schedule.at("16:20", during: .nse)
    let date = SmallWorld.almanac.businessDate(of: at(test.at), for: schedule)
    #expect(date?.description == test.date)
  }

  @Test
  func `of a job without a market are local dates`() {
    let almanac = SmallWorld.almanac
    #expect(
      almanac.businessDate(of: at("2026-07-09T03:00:00Z"), for: .at("02:00", "America/New_York"))
        == day("2026-07-08"))
    #expect(almanac.businessDate(of: at("2026-07-08T20:00:00Z"), for: nil) == day("2026-07-09"))
  }
}
