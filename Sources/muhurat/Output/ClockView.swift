import JobStore
import Jobs
import TradingTime

/// How moments are shown to a person: on the wall of one zone, with the date only where it
/// is not today's.
struct ClockView {
  let zone: ZoneRules
  let clock: ViewClock

  static func of(_ house: House) async throws -> ClockView {
    ClockView(
      zone: try house.homeZone(), clock: try await house.control.viewClock())
  }

  /// The line above a listing: `2026-07-09 09:14:03 IST, paper`.
  func headline(_ mode: String) -> String {
    let rehearsal = clock.isShifted ? ", rehearsal (jobs.clock is set)" : ""
    return "\(clock.jobTime.words(in: zone)), \(mode)\(rehearsal)"
  }

  /// A moment on the job's clock: `09:14:03`, `2026-07-08 16:20:00`.
  func wall(_ instant: Instant) -> String {
    let local = zone.local(instant)
    let time = local.time.withSeconds
    return local.date == zone.local(clock.jobTime).date ? time : "\(local.date) \(time)"
  }

  /// Of a moment on the server's clock.
  func ago(_ instant: Instant) -> String { "\((clock.asOf - instant).inTwoUnits) ago" }
}

extension House {
  /// The zone of everything that belongs to no job.
  func homeZone() throws -> ZoneRules {
    guard let zone = AlmanacSource.zone(configuration.timezone) else {
      throw Refusal(
        .configuration,
        "timezone is '\(configuration.timezone)', which /usr/share/zoneinfo does not have")
    }
    return zone
  }
}

extension Instant {
  /// `2026-07-09 09:14:03 IST`
  func words(in zone: ZoneRules) -> String {
    let local = zone.local(self)
    return "\(local.date) \(local.time.withSeconds) \(local.abbreviation)"
  }
}

extension TimeOfDay {
  /// `09:14:00`, so that columns of times line up.
  fileprivate var withSeconds: String { second == 0 ? "\(self):00" : "\(self)" }
}

extension Duration {
  /// `16h21m`, `2m5s`, `340ms`: nobody reads the seconds of a day.
  var inTwoUnits: String {
    let seconds = components.seconds
    return switch seconds {
    case 86_400...: Duration.seconds(seconds - seconds % 3_600).spelled
    case 3_600...: Duration.seconds(seconds - seconds % 60).spelled
    default: roundedWords
    }
  }
}
