/** One step of a login, as its trace shows it. It never holds a token, a code, a secret or a value that tells about a person. */
export interface CheckedStep {
  readonly step: string;
  readonly ok: boolean;
  readonly expected?: string;
  readonly received?: string;
}

/** Why a check does not hold. */
export interface Mismatch {
  readonly expected: string;
  readonly received?: string;
}

/** A named check. Checks are lists, so that a trace names the one that failed, and so that a test can leave one out. */
export interface NamedCheck<T> {
  readonly step: string;
  /** Null if it holds. */
  readonly findMismatch: (subject: T) => Mismatch | null | Promise<Mismatch | null>;
}

/** Runs the checks in their order until one does not hold. Answers the steps, of which only the last one may have failed. */
export async function runChecks<T>(checks: readonly NamedCheck<T>[], subject: T): Promise<readonly CheckedStep[]> {
  const steps: CheckedStep[] = [];
  for (const { step, findMismatch } of checks) {
    const mismatch = await findMismatch(subject);
    steps.push({ step, ok: mismatch === null, ...mismatch });
    if (mismatch) break;
  }
  return steps;
}

/** Whether every step held. */
export function allHold(steps: readonly CheckedStep[]): boolean {
  return steps.every(({ ok }) => ok);
}

const maxShown = 200;

/** A value of a foreign message for a trace: one short line, whatever the other side sent. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return 'an object';
  const text = JSON.stringify(value).replaceAll(/\p{C}/gu, '?');
  return text.length > maxShown ? `${text.slice(0, maxShown)}...` : text;
}
