import HTTPTypes
import NIOCore
import NIOHTTPTypes
import TradingTime

/// Lets the `Date` of an answer follow the simulated clock, which a client measures its own by. The
/// server writes the real one over whatever an answer says, so it is put right behind its back.
final class SimulatedDate: ChannelOutboundHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// In which an answer says the time to this handler; it never leaves the process.
  static let field = HTTPField.Name("simulated-date")

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .head(var response) = unwrapOutboundIn(data), let field = Self.field,
      let date = response.headerFields[field]
    else { return context.write(data, promise: promise) }
    response.headerFields[field] = nil
    response.headerFields[.date] = date
    context.write(wrapOutboundOut(.head(response)), promise: promise)
  }
}

extension Instant {
  /// `Thu, 09 Jul 2026 05:30:00 GMT`, as RFC 9110 (5.6.7) writes it.
  var httpDate: String {
    let local = ZoneRules.utc.local(self)
    let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let days = local.date.daysSinceEpoch
    let weekday = weekdays[((days + 3) % 7 + 7) % 7]
    let seconds = local.time.secondsSinceMidnight
    return "\(weekday), \(twoDigits(local.date.day)) \(months[local.date.month - 1]) "
      + "\(local.date.year) \(twoDigits(seconds / 3600)):\(twoDigits(seconds / 60 % 60)):"
      + "\(twoDigits(seconds % 60)) GMT"
  }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
