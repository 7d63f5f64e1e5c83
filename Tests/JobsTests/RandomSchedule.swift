import Jobs
import Testing
import TradingTime

/// A schedule drawn at random from all kinds, over the small market.
struct RandomSchedule: CustomTestStringConvertible {
  var seed: Int
  var schedule: Schedule

  init(seed: Int) {
    self.seed = seed
    var chance = Chance(seed: seed)
    switch seed % 5 {
    case 0:
      schedule = .every(.seconds(chance.one(of: [70, 300, 3_600, 86_400])))
    case 1:
      schedule = .every(
        .seconds(chance.one(of: [60, 420, 3_600])),
        during: chance.one(of: [.nse, .trading, .syncing]))
    case 2:
      let text =
        "\(chance.one(of: ["0", "*/20", "5,50", "59"])) \(chance.one(of: ["*", "9-16", "2", "1"])) * * *"
      schedule = .cron(
        text, chance.one(of: SmallWorld.zoneNames),
        during: chance.one(of: [nil, .nse, .trading, .syncing]))
      schedule.fold = chance.one(of: Schedule.FoldRule.allCases)
    case 3:
      schedule = .at(
        chance.one(of: ["00:00", "02:15", "09:15", "16:20"]), chance.one(of: SmallWorld.zoneNames),
        during: chance.one(of: [nil, .nse]))
    default:
      schedule = .atMarket(
        chance.one(of: [.open, .close]), .seconds(chance.number(-50 * 3_600...50 * 3_600)))
    }
  }

  var testDescription: String { "seed \(seed): \(schedule.words)" }
}
