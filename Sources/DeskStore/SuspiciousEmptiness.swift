import Desk
import Postgres

extension DeskDatabase {
  /// Takes out of a snapshot the books that are empty though they cannot be, and says so. The
  /// broker says "no records" also when it means "not now".
  ///
  /// - Parameters:
  ///   - answer: to `askingWhatIsHeld`.
  ///   - executing: how many orders of this very sync executed more than is on record yet.
  func withoutSuspiciousEmptiness(
    _ given: AccountSnapshot, _ answer: Rows, executing: Int
  ) throws -> (AccountSnapshot, [String]) {
    let held = try Held(answer.one)
    var snapshot = given
    var notes: [String] = []
    /// True if any of these is more than none, which is then noted.
    func isRefused(_ book: String, _ evidence: [(Int64, String)]) -> Bool {
      let against = evidence.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      guard !against.isEmpty else { return false }
      notes.append(
        "\(book): the broker's answer is empty, against \(against.joined(separator: ", ")); "
          + "nothing was closed")
      return true
    }
    let fills = (held.fills, "fills of today on record")
    if given.orders?.isEmpty == true,
      isRefused("orders", [(held.orders, "orders of today on record"), fills])
    {
      snapshot.orders = nil
    }
    if given.positions?.isEmpty == true,
      isRefused(
        "positions",
        [
          (held.positions, "positions of today on record"), fills,
          (Int64(executing), "executed orders that came with it"),
          (held.contracts, "contracts carried overnight"),
        ])
    {
      snapshot.positions = nil
    }
    if given.holdings?.isEmpty == true,
      isRefused("holdings", [(held.shares, "shares on record that were not sold")])
    {
      snapshot.holdings = nil
    }
    return (snapshot, notes)
  }

  func askingWhatIsHeld(_ snapshot: AccountSnapshot) -> Statement {
    Statement(
      """
      select
        (select count(*)
         from desk.broker_order
         where mode = $1 and account = $2 and business_date = $3 and closed_at is null) as orders,
        (select count(*)
         from desk.fill
         where mode = $1 and account = $2 and business_date = $3) as fills,
        (select count(*)
         from desk.position
         where mode = $1 and account = $2 and business_date = $3 and closed_at is null
        ) as positions,
        (select count(*)
         from desk.position as carried
         where mode = $1 and account = $2 and closed_at is null and net_quantity <> 0
           and exchange not in ('NC', 'BC')
           and business_date = (
             select max(business_date)
             from desk.position
             where mode = $1 and account = $2 and business_date < $3)
           -- What has expired since is rightly gone.
           and not exists (
             select from desk.instrument as known
             where known.mode = carried.mode and known.exchange = carried.exchange
               and known.scrip_code = carried.scrip_code and known.expires_on < $3)) as contracts,
        -- What was sold since may have left already, at either exchange; intraday sales are bought back.
        (select coalesce(sum(greatest(owned - sold, 0)), 0)::bigint
         from (
           select demat + receivable + pledged + financed as owned, (
             select coalesce(sum(greatest(sell_quantity - buy_quantity, 0)), 0)
             from desk.position as traded
             where traded.mode = share.mode and traded.account = share.account
               and traded.business_date between share.business_date and $3
               and traded.symbol = share.symbol and traded.exchange in ('NC', 'BC')
               and upper(traded.product) not in ('BIGTRADE', 'BT', 'BIGTRADEPLUS', 'BT+')) as sold
           from desk.holding as share
           where mode = $1 and account = $2 and closed_at is null
             and business_date = (
               select max(business_date)
               from desk.holding
               where mode = $1 and account = $2 and business_date <= $3)) as share) as shares
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session))
  }
}

private struct Held {
  let orders: Int64
  let fills: Int64
  let positions: Int64
  let contracts: Int64
  let shares: Int64

  init(_ row: Row) throws {
    orders = try row["orders"]
    fills = try row["fills"]
    positions = try row["positions"]
    contracts = try row["contracts"]
    shares = try row["shares"]
  }
}
