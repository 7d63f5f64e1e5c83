/// How far a share has wandered from its base by a given day, in millionths: smooth noise of
/// seven wavelengths added up. Any day can be asked for without walking there.
struct Drift: Sendable {
  private let noise: Seed
  private let percentOfUsual: Int

  init(_ seed: Seed, _ listing: Listing) {
    noise = seed.branch(.drift, listing.nseCode)
    percentOfUsual = 70 + seed.branch(.volatility, listing.nseCode).below(61)
  }

  func millionths(on day: Int) -> Int {
    var sum = 0
    for (octave, amplitude) in Drift.amplitudes.enumerated() {
      let wavelength = 1 << octave
      let left = (day >= 0 ? day : day - wavelength + 1) / wavelength
      let into = day - left * wavelength
      let wave = noise.branch(.drift, octave)
      let height =
        wave.signedMillionths(left) * (wavelength - into) + wave.signedMillionths(left + 1) * into
      sum += height / wavelength * amplitude / 1_000_000
    }
    return sum * percentOfUsual / 100
  }

  /// By wavelength 1, 2, 4 … 64 days. Together they never exceed a fifth of the price.
  private static let amplitudes = [9_000, 12_000, 16_000, 20_000, 24_000, 30_000, 40_000]
}
