/** A fault in one part of a value. */
export interface Fault {
  /** The path of the part: empty for the value itself, or for example `.rights[2].url`. */
  readonly at: string;
  readonly message: string;
}

/** Maximum number of faults in one response. */
export const maxFaults = 50;

/** A valid value, or all its faults. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads a value as a whole, and converts it. */
export type ReadValue<T = unknown> = (value: unknown) => Outcome<T> | Promise<Outcome<T>>;

/** A refusal of the whole value. */
export function refuse(message: string): { readonly ok: false; readonly faults: readonly Fault[] } {
  return { ok: false, faults: [{ at: '', message }] };
}

/** The faults of a part of a value, with their places in the whole value. */
export function faultsAt(at: string, faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ at: at + fault.at, message: fault.message }));
}
