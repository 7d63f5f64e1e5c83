import Testing
import TradingTime

@testable import Jobs

@Suite(.timeLimit(.minutes(10)))
struct `The book of alarms` {
  private static let noon = at("2026-07-09T12:00:00")

  private static func alarm(
    _ cause: String = "job/sync/failing", stage: Int = 1, scope: AlarmScope = .everybody,
    sentence: String = "sync failed"
  ) -> Alarm {
    Alarm(
      cause: cause, kind: cause == "database" ? .database : .failing, severity: .critical,
      stage: stage, scope: scope, sentence: sentence, nextStep: "look")
  }

  /// Judges again and again, and keeps what was said: `12:00:00 raised job/sync/failing`.
  private struct Desk {
    var book = AlarmBook()
    var said: [String] = []

    mutating func judge(
      at seconds: Int64, _ standing: [Alarm], asOf: Int64? = nil,
      by holder: String = "desk-1/b/1/w",
      readsTables: Bool = true
    ) {
      let outcome = book.judge(
        standing,
        .init(
          holder: holder, host: "desk-1", asOf: noon + .seconds(asOf ?? seconds),
          now: noon + .seconds(seconds), readsTables: readsTables, manners: .init()))
      said += outcome.messages.map { "\(seconds) \($0.message.what.rawValue) \($0.message.cause)" }
    }
  }

  @Test func `says what comes and what goes, once each`() {
    var desk = Desk()
    for second in 0..<100 { desk.judge(at: Int64(second), [Self.alarm()]) }
    for second in 100..<200 { desk.judge(at: Int64(second), []) }
    #expect(desk.said == ["0 raised job/sync/failing", "100 cleared job/sync/failing"])
  }

  @Test func `reminds of what still stands`() {
    var desk = Desk()
    for second in stride(from: 0, through: 30_000, by: 5) {
      desk.judge(at: Int64(second), [Self.alarm()])
    }
    #expect(
      desk.said == [
        "0 raised job/sync/failing", "14400 reminder job/sync/failing",
        "28800 reminder job/sync/failing",
      ])
  }

  @Test func `says at once that something got worse, and not that it got a little better`() {
    var desk = Desk()
    desk.judge(at: 0, [Self.alarm(stage: 1)])
    desk.judge(at: 1, [Self.alarm(stage: 2)])
    desk.judge(at: 2, [Self.alarm(stage: 1)])
    desk.judge(at: 3, [Self.alarm(stage: 2)])
    desk.judge(at: 4, [Self.alarm(stage: 3)])
    #expect(
      desk.said == [
        "0 raised job/sync/failing", "1 worse job/sync/failing", "4 worse job/sync/failing",
      ])
  }

  @Test func `what comes and goes all the time is no storm, and is not kept silent either`() {
    var desk = Desk()
    for second in 0..<1800 {
      desk.judge(at: Int64(second), second % 20 < 10 ? [Self.alarm()] : [])
    }
    #expect(
      desk.said == [
        "0 raised job/sync/failing", "10 cleared job/sync/failing", "600 raised job/sync/failing",
        "610 cleared job/sync/failing", "1200 raised job/sync/failing",
        "1210 cleared job/sync/failing",
      ])
    #expect(desk.book.entries["job/sync/failing"]?.times == 90)
  }

  @Test func `what was read before the last judgement changes nothing`() {
    var desk = Desk()
    desk.judge(at: 0, [Self.alarm()])
    desk.judge(at: 5, [], by: "desk-1/b/2/w")
    // Another daemon, slower: what it read no longer holds.
    desk.judge(at: 6, [Self.alarm()], asOf: 3)
    #expect(desk.said == ["0 raised job/sync/failing", "5 cleared job/sync/failing"])
    desk.judge(at: 700, [Self.alarm()])
    desk.judge(at: 701, [], asOf: 699)
    #expect(desk.said.last == "700 raised job/sync/failing")
  }

  @Test func `a process alone judges its own loops, until it is silent`() {
    var desk = Desk()
    let stuck = Self.alarm("loop/decide", scope: .process("desk-1/b/1/w"))
    desk.judge(at: 0, [stuck])
    desk.judge(at: 5, [], by: "desk-1/b/2/w")
    #expect(desk.said == ["0 raised loop/decide"])
    // It lives and says so, though nothing changes.
    for second in stride(from: 10, through: 300, by: 5) {
      desk.judge(at: Int64(second), [stuck])
      desk.judge(at: Int64(second), [], by: "desk-1/b/2/w")
    }
    #expect(desk.said == ["0 raised loop/decide"])
    desk.judge(at: 400, [], by: "desk-1/b/2/w")
    desk.judge(at: 421, [], by: "desk-1/b/2/w")
    #expect(desk.said == ["0 raised loop/decide", "421 cleared loop/decide"])
  }

  @Test func `without tables what follows from them is left as it is`() {
    var desk = Desk()
    desk.judge(at: 0, [Self.alarm()])
    desk.judge(at: 20, [Self.alarm("database")], readsTables: false)
    #expect(desk.book.entries["job/sync/failing"]?.stands == true)
    desk.judge(at: 40, [], readsTables: false)
    #expect(
      desk.said == ["0 raised job/sync/failing", "20 raised database", "40 cleared database"])
  }

  @Test func `a clock set back silences nothing`() {
    var desk = Desk()
    let stands = Self.alarm("job/stands/failing")
    desk.judge(at: 3600, [Self.alarm(), stands])
    desk.judge(at: 3610, [stands])
    desk.judge(at: 10, [stands])
    #expect(desk.said.count == 3, "what stands and what is over was said before")
    desk.judge(at: 15, [Self.alarm(), stands])
    desk.judge(at: 20, [])
    #expect(
      desk.said.suffix(3) == [
        "15 raised job/sync/failing", "20 cleared job/stands/failing",
        "20 cleared job/sync/failing",
      ])
    #expect(desk.book.entries.values.allSatisfy { $0.since <= Self.noon + .seconds(15) })
  }

  @Test func `words follow the facts, but not each second`() {
    var desk = Desk()
    for second in 0..<100 {
      desk.judge(at: Int64(second), [Self.alarm(sentence: "failed \(second) times")])
    }
    #expect(desk.book.entries["job/sync/failing"]?.sentence == "failed 90 times")
  }

  @Test func `what was said without the database is brought in, by the first who has it back`() {
    var own = Desk()
    own.judge(at: 20, [Self.alarm("database")], readsTables: false)
    let entries = Array(own.book.entries.values)
    var desk = Desk()
    #expect(desk.book.adopt(entries) { _ in false } == ["database"])
    desk.judge(at: 60, [])
    #expect(desk.said == ["60 cleared database"])
    // A second daemon of the same outage has nothing to add.
    #expect(desk.book.adopt(entries) { _ in false } == [])
    desk.judge(at: 61, [])
    #expect(desk.said == ["60 cleared database"])
    // Another outage, later, is another.
    let later = entries.map { $0.shifted(by: .seconds(3600)) }
    #expect(desk.book.adopt(later) { _ in false } == ["database"])
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Word of an alarm` {
  private static func message(_ what: AlarmMessage.What) -> AlarmMessage {
    AlarmMessage(
      what: what, cause: "job/sync/failing", kind: "failing", severity: .critical, job: "sync",
      sentence: "the last run of sync failed: 503", nextStep: "muhurat show 41",
      since: at("2026-07-09T12:00:00"), at: at("2026-07-09T16:00:00"))
  }

  @Test func `tells what, since when and what to do`() {
    #expect(
      Self.message(.reminder).text(from: "paper on desk-1", in: .india) == """
        critical, still after 4h: the last run of sync failed: 503

        What to do: muhurat show 41

        since    2026-07-09 12:00:00 IST
        said     2026-07-09 16:00:00 IST
        cause    job/sync/failing
        from     muhurat, paper on desk-1

        """)
  }

  @Test func `says which kind of word it is in its first words`() {
    #expect(
      [AlarmMessage.What.raised, .worse, .reminder, .cleared].map { Self.message($0).subject } == [
        "critical: the last run of sync failed: 503",
        "critical, worse: the last run of sync failed: 503",
        "critical, still after 4h: the last run of sync failed: 503",
        "over after 4h: the last run of sync failed: 503",
      ])
  }
}
