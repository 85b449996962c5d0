/** A question such as `: did you mean "user"?`, if a known name is spelled almost like an unknown one. If not, an empty text. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearestName(name, known);
  return near === undefined ? '' : `: did you mean "${near}"?`;
}

/** Longer names are not compared, because the time grows with the product of both lengths. */
const maxLength = 200;

function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > maxLength) return undefined;
  const wanted = name.toLowerCase();
  // A short name may have one typing error, a longer one two. With more, the suggestion would be another name.
  let best = { distance: Math.min(3, Math.floor(name.length / 3) + 1), name: undefined as string | undefined };
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= best.distance) continue;
    const distance = distanceOf(wanted, candidate.toLowerCase());
    if (distance < best.distance) best = { distance, name: candidate };
  }
  return best.name;
}

/** The number of letters that must be changed, added, removed, or swapped with their neighbour. */
function distanceOf(first: string, second: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: second.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= first.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= second.length; column += 1) {
      const differs = first[row - 1] === second[column - 1] ? 0 : 1;
      const isSwap = row > 1 && column > 1 && first[row - 1] === second[column - 2] && first[row - 2] === second[column - 1];
      next.push(Math.min(
        at(last, column) + 1, at(next, column - 1) + 1, at(last, column - 1) + differs, isSwap ? at(beforeLast, column - 2) + 1 : Infinity,
      ));
    }
    [beforeLast, last] = [last, next];
  }
  return at(last, second.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
