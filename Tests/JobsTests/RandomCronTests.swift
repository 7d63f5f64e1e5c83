import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Random cron expressions` {
  static let start = at("2026-02-20T00:00:00Z")
  static let end = start + .seconds(8 * 86_400)

  @Test(arguments: (1...30).map(RandomCron.init(seed:)))
  func `have the slots that trying every minute finds`(_ random: RandomCron) {
    let zone = ZoneRules.india
    var tried: [Instant] = []
    var minute = Self.start + .seconds(60)
    while minute <= Self.end {
      if random.matches(zone.local(minute)) { tried.append(minute) }
      minute += .seconds(60)
    }
    let due = Schedule.cron(random.text).slots(
      after: Self.start, through: Self.end, in: SmallWorld.almanac, limit: .max)
    #expect(due.spans.map(\.first) == tried, "\(random.testDescription)")
    #expect(due.through == Self.end && due.holds == nil)
  }

  /// With both hours of a fold and no substitute for a gap, a slot is exactly a minute at which the
  /// wall shows a matching time.
  @Test(
    arguments: (101...108).map(RandomCron.init(seed:)),
    [
      ("America/New_York", "2026-03-05T00:00:00Z"), ("America/New_York", "2026-10-29T00:00:00Z"),
      ("Europe/London", "2026-03-27T00:00:00Z"), ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"),
      ("Australia/Lord_Howe", "2026-10-02T00:00:00Z"),
      ("Africa/Casablanca", "2026-02-13T00:00:00Z"),
      ("Africa/Casablanca", "2026-03-20T00:00:00Z"),
    ])
  func `follow the wall through a change of clocks`(
    _ random: RandomCron, _ place: (zone: String, from: String)
  ) {
    // Daily, because a week at random would seldom be met.
    let text =
      random.fields[0].text + " " + random.fields[1].text + " * * *"
    var schedule = Schedule.cron(text, place.zone)
    schedule.fold = .both
    schedule.gap = .skip
    let zone = SmallWorld.almanac.zone(of: schedule)
    let start = at(place.from)
    let end = start + .seconds(4 * 86_400)
    var tried: [Instant] = []
    var minute = start + .seconds(60)
    while minute <= end {
      let wall = zone.local(minute).time
      if random.fields[0].numbers.contains(wall.minute)
        && random.fields[1].numbers.contains(wall.hour)
      {
        tried.append(minute)
      }
      minute += .seconds(60)
    }
    let due = schedule.slots(after: start, through: end, in: SmallWorld.almanac, limit: .max)
    #expect(due.spans.map(\.first) == tried, "\(text) in \(place), seed \(random.seed)")
  }
}
