/** These lists of checks without those of one step, so that a test sees which check notices a case. */
export function checksWithout<T extends object>(checks: T, step: string): T {
  const without = Object.entries(checks as Record<string, readonly { readonly step: string }[]>).map(
    ([name, list]) => [name, list.filter((check) => check.step !== step)]);
  return Object.fromEntries(without) as T; // the same lists, of which some are shorter
}
