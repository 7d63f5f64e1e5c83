/// The customers the broker knows: 1000001, 1000002, …
struct Accounts: Sendable {
  let count: Int

  static let first = 1_000_001

  func index(of customer: String) -> Int? {
    guard let number = Int(customer), customer == String(number) else { return nil }
    let index = number - Accounts.first
    return (0..<count).contains(index) ? index : nil
  }

  static func customer(_ index: Int) -> Int {
    first + index
  }

  static func login(_ index: Int) -> String {
    "SIM\(customer(index))"
  }
}
