package import Desk
package import Postgres
package import TradingTime

/// What one sync of one account brought. Nil is a book that could not be fetched or read; it
/// changes nothing. An empty book is an answer, but not always a believable one.
package struct AccountSnapshot: Sendable {
  package let accountID: String
  package let session: CivilDate
  package let takenAt: Instant
  package var orders: [BrokerOrder]?
  /// Trades of orders, by the order's name (`NC/136757437`), where they were fetched.
  package var trades: [String: [BrokerTrade]]
  package var positions: [BrokerPosition]?
  package var holdings: [BrokerHolding]?
  package var funds: [BrokerFunds]?
  /// Books that were not read, because the broker showed again what the account's last sync wrote.
  package var unchanged: UnchangedBooks?

  package init(
    accountID: String, session: CivilDate, takenAt: Instant, orders: [BrokerOrder]? = nil,
    trades: [String: [BrokerTrade]] = [:], positions: [BrokerPosition]? = nil,
    holdings: [BrokerHolding]? = nil, funds: [BrokerFunds]? = nil,
    unchanged: UnchangedBooks? = nil
  ) {
    self.accountID = accountID
    self.session = session
    self.takenAt = takenAt
    // The broker may show an order twice; its executed units count once.
    self.orders = orders?.lastOfEach(\.name)
    self.trades = trades
    self.positions = positions
    self.holdings = holdings
    self.funds = funds
    self.unchanged = unchanged
  }

  var books: [String] {
    let read = [
      "orders": orders != nil, "positions": positions != nil, "holdings": holdings != nil,
      "funds": funds != nil,
    ]
    return ["orders", "positions", "holdings", "funds"].filter { book in
      read[book] == true || unchanged?.books.contains(book) == true
    }
  }
}

/// Books whose rows stand as the broker still shows them, if no other sync came between.
package struct UnchangedBooks: Hashable, Sendable {
  /// The sync that found them so.
  package let since: Int64
  package let books: Set<String>

  package init(since: Int64, books: Set<String>) {
    self.since = since
    self.books = books
  }
}

package struct AppliedSnapshot: Hashable, Sendable {
  package let id: Int64
  /// Which books are now as the broker showed them.
  package let books: [String]
  package let newFills: [Fill]
  package let newPositions: Int
  package let changedPositions: Int
  package let closedPositions: Int
  /// What was refused or odd, as sentences.
  package let notes: [String]
}

extension DeskDatabase {
  /// What `writing` must know; to be asked in the same transaction.
  ///
  /// The first takes the account's row for the transaction, so two syncs of one account cannot mix;
  /// the others therefore see all that an earlier one left.
  package func asking(_ snapshot: AccountSnapshot) -> [Statement] {
    let lock = Statement(
      "select from desk.account where mode = $1 and id = $2 for update", mode.rawValue,
      snapshot.accountID)
    let facts = Statement(
      """
      select nextval(pg_get_serial_sequence('desk.snapshot', 'id')) as number,
        newest.id as newest_id, newest.taken_at as newest_at,
        exists (
          select from desk.account_day
          where mode = $1 and account = $2 and business_date = $3) as opened,
        (select max(business_date)
         from desk.account_day
         where mode = $1 and account = $2 and business_date < $3) as previous
      from (values (1)) as always
      left join lateral (
        select id, taken_at
        from desk.snapshot
        where mode = $1 and account = $2
        order by business_date desc, id desc
        limit 1) as newest on true
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session))
    var questions = [lock, facts]
    if let orders = snapshot.orders { questions.append(comparing(orders, of: snapshot)) }
    if snapshot.hasEmptyBook { questions.append(askingWhatIsHeld(snapshot)) }
    return questions
  }

  func askingForTheNewestSnapshot(of account: String) -> Statement {
    Statement(
      """
      select id
      from desk.snapshot
      where mode = $1 and account = $2
      order by business_date desc, id desc
      limit 1
      """, mode.rawValue, account)
  }

  /// Makes the broker's columns of one account what the broker showed, under one snapshot number:
  /// orders, then fills, then positions, holdings and funds. A row is written only if it differs, so
  /// that a desk which looks twice a minute does not rewrite its day twice a minute. Rows that are
  /// gone are closed, never deleted; an empty book while we hold something closes nothing and is
  /// noted instead. Must run
  /// in the transaction of `asking`: half a sync would be a book that never existed. All of it is
  /// known before the first is written, so it goes in one round trip.
  ///
  /// - Parameter answers: to `asking`.
  package func writing(
    _ given: AccountSnapshot, knowing answers: [Rows]
  ) throws -> SnapshotWriting {
    guard answers[0].count == 1 else { throw DeskRefusal.unknownAccount(given.accountID) }
    let facts = try answers[1].one
    try refuse(given, ifOlderThan: facts.instantIfAny("newest_at"))
    try refuse(given, ifOvertakenBy: facts.decode("newest_id"))
    var more = answers[2...]
    let differing = given.orders == nil ? nil : more.popFirst()
    let derived = try newFills(of: given, differing: differing)
    var (snapshot, notes) = (given, derived.notes)
    if given.hasEmptyBook, let held = more.popFirst() {
      let (believable, doubts) = try withoutSuspiciousEmptiness(
        given, held, executing: derived.ahead)
      (snapshot, notes) = (believable, notes + doubts)
    }
    let number: Int64 = try facts["number"]
    var writing = SnapshotWriting(
      number: number, books: snapshot.books, newFills: derived.fills, notes: notes,
      opening: try Opening(facts, snapshot))
    writing.add([recording(snapshot, number: number, notes: notes)])
    if let orders = snapshot.orders {
      writing.add([self.writing(orders, of: snapshot, number: number)])
      writing.add(adding(derived.fills, number: number))
    }
    writing.addOpening(self.writing(writing.opening, of: snapshot))
    if let positions = snapshot.positions {
      writing.addPositions(self.writing(positions, of: snapshot, number: number))
    }
    if let holdings = snapshot.holdings {
      writing.add([self.writing(holdings, of: snapshot, number: number)])
    }
    if let funds = snapshot.funds {
      writing.add(self.writing(funds, of: snapshot, number: number))
    }
    return writing
  }

  /// An answer that was overtaken on its way is not written over a newer one.
  private func refuse(_ snapshot: AccountSnapshot, ifOlderThan newest: Instant?) throws {
    if let newest, newest > snapshot.takenAt {
      throw DeskRefusal.outdatedSnapshot(
        account: snapshot.accountID, taken: snapshot.takenAt.description,
        newer: newest.description)
    }
  }

  private func refuse(_ snapshot: AccountSnapshot, ifOvertakenBy newest: Int64?) throws {
    guard let unchanged = snapshot.unchanged, unchanged.since != newest else { return }
    throw DeskRefusal.overtakenSnapshot(account: snapshot.accountID)
  }

  private func recording(
    _ snapshot: AccountSnapshot, number: Int64, notes: [String]
  ) -> Statement {
    Statement(
      """
      insert into desk.snapshot (id, mode, account, business_date, taken_at, books, notes)
      overriding system value
      values ($1, $2, $3, $4, $5, $6, $7)
      """, number, mode.rawValue, snapshot.accountID, Day(snapshot.session),
      Timestamp(snapshot.takenAt), snapshot.books, notes)
  }
}

extension AccountSnapshot {
  fileprivate var hasEmptyBook: Bool {
    orders?.isEmpty == true || positions?.isEmpty == true || holdings?.isEmpty == true
  }
}
