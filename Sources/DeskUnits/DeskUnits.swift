package import Desk
package import DeskStore
package import JobStore
package import Jobs
package import TradingTime

/// The bridge between the wings: what job files may name of the desk's.
package enum DeskUnits {
  /// Every unit, item source, freshness and gate of the desk, for a runner that knows none of them.
  ///
  /// - Parameters: - almanac: for business dates and what comes next, as of now; units of the desk need
  /// no zones but its own. - reports: where the end-of-day report goes. - now: the job's clock.
  package static func workshop(
    desk: DeskDatabase, broker: any Broker, almanac: @escaping @Sendable () -> Almanac,
    reports: ReportDelivery,
    now: @escaping @Sendable () -> Instant
  ) -> Workshop {
    let tools = DeskTools(desk: desk, broker: broker, almanacInForce: almanac, now: now)
    var workshop = Workshop()
    workshop.add(SyncPositions(tools: tools), as: SyncPositions.description)
    workshop.add(UpdatePrices(tools: tools), as: UpdatePrices.description)
    workshop.add(StrategyTicks(tools: tools), as: StrategyTicks.description)
    workshop.add(Reconcile(tools: tools), as: Reconcile.description)
    workshop.add(AnalyticsRollup(tools: tools), as: AnalyticsRollup.description)
    workshop.add(
      EndOfDayReport(tools: tools, delivery: reports), as: EndOfDayReport.description)
    workshop.add(PruneHistory(tools: tools), as: PruneHistory.description)
    workshop.add(LoadContracts(tools: tools), as: LoadContracts.description)
    workshop.add(.accounts(desk))
    workshop.set(signedIn: .signedIn(tools))
    workshop.add(freshness: .freshPositions(tools))
    workshop.add(freshness: .freshPrices(tools))
    workshop.add(gate: .killSwitchOff(desk))
    return workshop
  }

  /// The instruments that jobs name for pricing besides what is held. What does not read is left to
  /// the run, which refuses it by name.
  package static func watched(by jobs: [Job]) -> Set<InstrumentKey> {
    jobs.reduce(into: []) { watched, job in
      guard job.work == .unit(UpdatePrices.description.name) else { return }
      let names = try? Parameters(job.parameters).instruments("watch")
      watched.formUnion(names ?? [])
    }
  }

  /// The same by name alone, for reading job files where there is no desk.
  package static let catalogue = UnitCatalogue(
    units: [
      SyncPositions.description, UpdatePrices.description, StrategyTicks.description,
      Reconcile.description, AnalyticsRollup.description, EndOfDayReport.description,
      PruneHistory.description, LoadContracts.description,
    ], items: ["account"], freshness: ["positions", "prices"], gates: ["kill-switch-off"])
}
