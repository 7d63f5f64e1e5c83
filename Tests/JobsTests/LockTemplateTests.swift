import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Names of locks` {
  private func name(
    _ text: String, item: String? = "asha", dueAt: Instant? = at("2026-07-09T12:00:00")
  )
    -> String
  {
    LockTemplate(text: text).name(
      job: "sync", item: item, dueAt: dueAt, businessDate: day("2026-07-09"))
  }

  @Test
  func `fill in their places`() {
    #expect(name("account/{item}") == "account/asha")
    #expect(name("{job}@{due_at}") == "sync@2026-07-09T06:30:00Z")
    #expect(name("{job}@{due_at}", dueAt: nil) == "sync@manual")
    #expect(name("{job}/{business_date}") == "sync/2026-07-09")
    #expect(name("broker") == "broker")
  }

  @Test
  func `are the job, or the job and its item, unless they say otherwise`() {
    #expect(LockTemplate.standard(job: "sync", hasItems: false).text == "sync")
    #expect(LockTemplate.standard(job: "sync", hasItems: true).text == "sync/{item}")
  }

  @Test
  func `name the places they do not know`() {
    #expect(LockTemplate(text: "{job}/{acount}/{item").unknownPlaces == ["acount", "item"])
    #expect(LockTemplate(text: "{acount}/{job}").unknownPlaces == ["acount"], "at the very start")
    #expect(LockTemplate(text: "{").unknownPlaces == [""])
    #expect(LockTemplate(text: "{{item}").unknownPlaces == [""])
    #expect(LockTemplate(text: "{job}@{due_at}").unknownPlaces.isEmpty)
  }

  @Test
  func `leave a value as it is, whatever it looks like`() {
    #expect(name("{job}/{item}", item: "{due_at}") == "sync/{due_at}")
  }
}
