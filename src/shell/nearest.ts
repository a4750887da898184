/** The candidate that `word` was probably meant to be: the one that differs by the fewest typing errors, if they are few. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 3 ? 1 : 2;
  let best: string | undefined;
  let bestErrors = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const errors = typingErrors(word.toLowerCase(), candidate.toLowerCase());
    if (errors < bestErrors && errors < candidate.length) [best, bestErrors] = [candidate, errors];
  }
  return best;
}

/** Letters left out, added, changed, or swapped with their neighbour (optimal string alignment distance). */
function typingErrors(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const at = (up: number, left: number): number =>
        (up === 0 ? row : rows[i - up])?.[j - left] ?? Infinity;
      let errors = Math.min(at(1, 0) + 1, at(0, 1) + 1, at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) errors = Math.min(errors, at(2, 2) + 1);
      row.push(errors);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}
