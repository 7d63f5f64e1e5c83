import FoundationEssentials
import JobFiles
import Testing
import TradingTime
import YAML

@Suite(.timeLimit(.minutes(1)))
struct `The shipped calendars` {
  @Test(arguments: ["nse-cash", "nse-fno"])
  func `can be read`(_ market: String) throws {
    let path = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let data = try Data(
      contentsOf: URL(fileURLWithPath: "/\(path)/config/calendars/\(market).yaml"))
    let calendar = try CalendarFile.read(Array(data), name: "\(market).yaml") { _ in .india }
    #expect(calendar.market == market)
  }
}
