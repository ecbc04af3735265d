const distanceMax = 2;

/** ` (did you mean "x"?)`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[], prefix = ""): string {
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.min(distanceMax, candidate.length - 1))
    .sort((a, b) => a.distance - b.distance || sharesStart(word, b) - sharesStart(word, a))[0];
  const start = near?.candidate ?? candidates.find((candidate) => word.length > 1 && candidate.startsWith(word));
  return start ? ` (did you mean "${prefix}${start}"?)` : "";
}

function sharesStart(word: string, { candidate }: { candidate: string }): number {
  return word[0] === candidate[0] ? 1 : 0;
}

/** Levenshtein's distance: how many characters must be added, left out or exchanged. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, exchanged));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
