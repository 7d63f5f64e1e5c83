/// The one source of chance. Every draw is a pure function of the seed and of what is asked
/// about, so an answer never depends on which question came before it.
struct Seed: Sendable, Hashable {
  let value: UInt64

  init(_ value: UInt64) {
    self.value = Seed.scramble(value &+ 0x9E37_79B9_7F4A_7C15)
  }

  /// A seed of its own for one thing: an instrument, an account, a day.
  func branch(_ purpose: Purpose, _ first: Int = 0, _ second: Int = 0) -> Seed {
    var mixed = Seed.scramble(value ^ (purpose.rawValue &* 0xD6E8_FEB8_6659_FD93))
    mixed = Seed.scramble(mixed ^ UInt64(bitPattern: Int64(first)))
    mixed = Seed.scramble(mixed &+ UInt64(bitPattern: Int64(second)) &* 0xA076_1D64_78BD_642F)
    return Seed(mixed)
  }

  func bits(_ index: Int = 0) -> UInt64 {
    Seed.scramble(value ^ (UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15))
  }

  /// A whole number in `0 ..< bound`.
  func below(_ bound: Int, _ index: Int = 0) -> Int {
    Int(bits(index) % UInt64(bound))
  }

  /// Uniform in -1,000,000 ... 1,000,000: a signed fraction in millionths.
  func signedMillionths(_ index: Int) -> Int {
    below(2_000_001, index) - 1_000_000
  }

  /// Nearly normal with a standard deviation of one, in thousandths, never beyond 3.5: four
  /// uniform draws added up. Whole numbers only, so every machine gives the same bytes.
  func normalThousandths(_ index: Int) -> Int {
    let word = bits(index)
    let sum = (word & 0xFFFF) + (word >> 16 & 0xFFFF) + (word >> 32 & 0xFFFF) + (word >> 48)
    return (Int(sum) - 131_072) * 866 / 32_768
  }

  private static func scramble(_ word: UInt64) -> UInt64 {
    var mixed = word
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// What a draw is for; two purposes never share numbers.
enum Purpose: UInt64 {
  case drift = 1
  case path, volume, volatility
  case holding, holdingSteps, holdingCost
  case roundTrip, delivery, cancelled
  case brokerage, requestID, tokenKey, faults
  case book, connection
}
