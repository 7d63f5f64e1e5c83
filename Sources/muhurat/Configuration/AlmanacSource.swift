import FoundationEssentials
import Jobs
import TradingTime

/// Makes almanacs: zones from the system's own tzdata, which follows the distribution's updates, and
/// calendars from their folder.
struct AlmanacSource: Sendable {
  var calendars: String
  var homeZone: String
  var businessDayStart: TimeOfDay
  /// A file that is left out: it does not read and is about to be replaced.
  var without: String?

  init(_ configuration: Configuration) {
    calendars = configuration.calendars
    homeZone = configuration.timezone
    businessDayStart = configuration.businessDayStart
  }

  /// - Throws: `Refusal` with exit 78 for a calendar or home zone that cannot be used. A job's own zone
  ///   that is missing is no error here: the job holds and says so.
  func almanac(for jobs: [Job]) throws -> Almanac {
    guard let home = Self.zone(homeZone) else {
      throw Refusal(
        .configuration, "timezone is '\(homeZone)', which /usr/share/zoneinfo does not have")
    }
    var zones: [String: ZoneRules] = [:]
    for name in Set(jobs.compactMap { $0.schedule?.timezone }) { zones[name] = Self.zone(name) }
    return Almanac(
      zones: zones, calendars: try readCalendars(), homeZone: home,
      businessDayStart: businessDayStart)
  }

  func readCalendars() throws -> [String: TradingCalendar] {
    var found: [String: TradingCalendar] = [:]
    for path in try calendarPaths() {
      do {
        let calendar = try CalendarOnDisk.read(path).calendar
        found[calendar.market] = calendar
      } catch let refusal as Refusal {
        throw Refusal(.configuration, refusal.description)
      }
    }
    return found
  }

  func calendarPaths() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: calendars)
        .filter { $0.hasSuffix(".yaml") }.sorted().map { "\(calendars)/\($0)" }
        .filter { $0 != without }
    } catch {
      throw Refusal(.configuration, "the folder of calendars '\(calendars)' cannot be read")
    }
  }

  /// A zone by its IANA name; nothing else of the file system can be named.
  static func zone(_ name: String) -> ZoneRules? {
    let letters = name.utf8.allSatisfy { byte in
      byte >= 0x61 && byte <= 0x7a || byte >= 0x41 && byte <= 0x5a || byte >= 0x30 && byte <= 0x39
        || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "+")
    }
    guard letters, !name.isEmpty, !name.hasPrefix("/"),
      let content = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)")
    else { return nil }
    return try? ZoneRules(name: name, tzif: [UInt8](content))
  }
}
