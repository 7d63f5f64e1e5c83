import FoundationEssentials
import JobFiles
import TradingTime
import YAML

/// A calendar with the file it came from.
struct CalendarOnDisk {
  let path: String
  let bytes: [UInt8]
  let calendar: TradingCalendar

  /// - Throws: `Refusal` with 65 for what is no calendar.
  static func read(_ path: String) throws -> CalendarOnDisk {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw Refusal(.data, "\(path) cannot be read; check its name and permissions")
    }
    do throws(Problems) {
      let bytes = [UInt8](content)
      let calendar = try CalendarFile.read(bytes, name: path, zone: AlmanacSource.zone)
      return CalendarOnDisk(path: path, bytes: bytes, calendar: calendar)
    } catch {
      throw Refusal(.data, error.description)
    }
  }
}
