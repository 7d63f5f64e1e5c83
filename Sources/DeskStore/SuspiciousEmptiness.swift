import Desk
import Postgres

extension DeskDatabase {
  /// Takes out of a snapshot the books that are empty though they cannot be, and says so. The
  /// broker says "no records" also when it means "not now".
  ///
  /// - Parameter answer: to `askingWhatIsHeld`.
  func withoutSuspiciousEmptiness(
    _ given: AccountSnapshot, _ answer: Rows
  ) throws -> (AccountSnapshot, [String]) {
    let held = try Held(answer.one)
    var snapshot = given
    var notes: [String] = []
    func refuse(_ book: String, _ held: String) {
      notes.append("\(book): the broker's answer is empty, but \(held); nothing was closed")
    }
    if given.orders?.isEmpty == true, held.orders > 0 || held.fills > 0 {
      snapshot.orders = nil
      refuse("orders", "\(held.orders) orders and \(held.fills) fills of today are on record")
    }
    let contracts = held.contracts
    if given.positions?.isEmpty == true, held.positions > 0 || held.fills > 0 || contracts > 0 {
      snapshot.positions = nil
      refuse(
        "positions",
        "\(held.positions) positions and \(held.fills) fills of today and \(contracts) carried "
          + "contracts are on record")
    }
    if given.holdings?.isEmpty == true, held.shares > 0 {
      snapshot.holdings = nil
      refuse("holdings", "\(held.shares) shares are on record")
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
         from desk.position
         where mode = $1 and account = $2 and closed_at is null and net_quantity <> 0
           and exchange not in ('NC', 'BC')
           and business_date = (
             select max(business_date)
             from desk.position
             where mode = $1 and account = $2 and business_date < $3)) as contracts,
        (select coalesce(sum(demat + receivable + pledged + financed), 0)::bigint
         from desk.holding
         where mode = $1 and account = $2 and closed_at is null
           and business_date = (
             select max(business_date)
             from desk.holding
             where mode = $1 and account = $2 and business_date <= $3)) as shares
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
