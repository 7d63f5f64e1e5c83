/// The word that was probably meant: at most a third of the letters wrong, counting a letter too
/// many, missing, wrong, or swapped with its neighbour as one. Case and `-` for `_` do not count.
package func nearest(to word: String, in candidates: [String]) -> String? {
  let plain = normalised(word)
  let most = max(1, plain.count / 3)
  return
    candidates
    .map { (candidate: $0, distance: distance(plain, normalised($0))) }
    .filter { $0.distance <= min(most, 4) }
    .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?
    .candidate
}

private func normalised(_ word: String) -> [Character] {
  word.lowercased().prefix(64).map { $0 == "-" ? "_" : $0 }
}

/// Damerau and Levenshtein's distance, in its restricted form.
private func distance(_ one: [Character], _ other: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...other.count)
  for (row, letter) in one.enumerated() {
    var current = [row + 1]
    for (column, otherLetter) in other.enumerated() {
      var best = min(
        last[column] + (letter == otherLetter ? 0 : 1), last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, letter == other[column - 1], one[row - 1] == otherLetter {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[other.count]
}
