/** What came of a call of what a host brings. */
export type HostAnswer<T> = { readonly answer: T } | { readonly failure: HostFailure };

export interface HostFailure {
  /** Name and code of the host's error alone: its message may quote what the host was given, which may be a secret. */
  readonly reason: string;
  /** The host says that another attempt would end the same way. */
  readonly isFinal: boolean;
}

/** Calls what a host brings, and waits for at most `limit` milliseconds. Never rejects. */
export async function callHost<T>(call: () => Promise<T>, milliseconds: number): Promise<HostAnswer<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HostAnswer<T>>((resolve) => {
    timer = setTimeout(() => resolve({ failure: { reason: `no answer within ${milliseconds / 1_000} s`, isFinal: false } }), milliseconds);
  });
  try {
    return await Promise.race([late, call().then((answer) => ({ answer }))]);
  } catch (error) {
    return { failure: toFailure(error) };
  } finally {
    clearTimeout(timer);
  }
}

function toFailure(error: unknown): HostFailure {
  if (!(error instanceof Error)) return { reason: 'something that is no Error', isFinal: false };
  const { name, code, isFinal }: Error & { readonly code?: unknown; readonly isFinal?: unknown } = error;
  const facts = [name, ...(typeof code === 'string' || typeof code === 'number' ? [String(code)] : [])];
  return { reason: facts.map((fact) => fact.slice(0, 64)).join(' '), isFinal: isFinal === true };
}
