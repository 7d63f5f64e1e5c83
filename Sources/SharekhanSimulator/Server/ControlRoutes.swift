import TradingTime

/// What no broker has: the hands of whoever runs a test or a demo.
extension Simulator {
  func control(_ request: WireRequest) -> WireAnswer {
    switch (request.method, request.path) {
    case ("GET", "/simulator/state"): return .json(200, state)
    case ("POST", "/simulator/clock"): return setClock(request)
    case ("POST", "/simulator/faults"): return setFaults(request)
    default: return Envelope.notFound(request.path)
    }
  }

  private var state: JSON {
    [
      "now": .string(stamp(clock.reading(at: real))),
      "clock": [
        "now": .string(stamp(clock.simulatedAt)), "real": .string(stamp(clock.realAt)),
        "speed": .number("\(clock.speed)"),
        "notAfter": clock.notAfter.map { .string(stamp($0)) } ?? .null,
      ],
      "accounts": .int(settings.accounts), "seed": .int(settings.seed),
      "requests": .int(requests), "orders": .int(exchange.clientOrderCount),
      "faults": .array(faults.rules.map(\.json)),
      "strikes": .array(faults.strikes.map { .int($0) }),
      "struck": .object(
        FaultKind.allCases.compactMap { kind in
          faults.struck[kind].map { JSON.Member(key: kind.rawValue, value: .int($0)) }
        }),
      "sockets": .int(streams.count),
    ]
  }

  private func setClock(_ request: WireRequest) -> WireAnswer {
    guard let body = JSON(reading: request.body), case .object(let members) = body else {
      return refuse("clock: expected an object with now, real, speed, notAfter")
    }
    let known = ["now", "real", "speed", "notAfter"]
    if let unknown = members.first(where: { !known.contains($0.key) }) {
      return refuse(
        "clock: unknown key '\(unknown.key)'; keys are: \(known.joined(separator: ", "))")
    }
    var read: [String: Instant] = [:]
    for key in ["now", "real", "notAfter"] {
      guard let value = body[key], value != .null else { continue }
      guard let instant = value.scalarText.flatMap(Instant.init(rfc3339:)) else {
        return refuse("clock: \(key) must be like 2026-07-09T15:45:00+05:30, got \(value.text)")
      }
      read[key] = instant
    }
    let speed = body["speed"]?.scalarText.flatMap { Double($0) } ?? clock.speed
    guard speed >= 0, speed <= 100_000 else {
      return refuse("clock: speed must be between 0 and 100000, got \(speed)")
    }
    let real = read["real"] ?? real
    clock = SimulatedClock(
      simulatedAt: read["now"] ?? clock.reading(at: real), realAt: real, speed: speed,
      notAfter: read["notAfter"])
    return .json(200, state)
  }

  private func setFaults(_ request: WireRequest) -> WireAnswer {
    guard let body = JSON(reading: request.body) else { return refuse("faults: not JSON") }
    do {
      faults.replace(with: try FaultRule.list(body))
      return .json(200, state)
    } catch {
      return refuse(error.description)
    }
  }

  private func refuse(_ message: String) -> WireAnswer {
    .json(400, ["status": 400, "message": .string(message)])
  }

  private func stamp(_ instant: Instant) -> String {
    instant.rfc3339(in: .india)
  }
}
