/// Shares of one name as the depository and the broker see them on a day.
struct Holding: Sendable, Equatable {
  let listing: Listing
  /// Bought in the last session and still on their way.
  let receivable: Int
  let pledged: Int
  /// In the demat account and free of pledge.
  let inDemat: Int
  /// Of those, not sold today.
  let saleable: Int
  let cost: Paise

  var total: Int { receivable + pledged + inDemat }
}
