/** The result of a call of a function of the host application. */
export type HostAnswer<T> = { readonly answer: T } | { readonly failure: HostFailure };

export interface HostFailure {
  /** Only the name and the code of the host's error. Its message could contain a secret that the host was given. */
  readonly reason: string;
  /** True if the host says that another attempt would fail too. */
  readonly isFinal: boolean;
}

/** Calls a function of the host application, and waits at most `milliseconds`. Never rejects. */
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
  if (!(error instanceof Error)) return { reason: 'a value that is not an Error', isFinal: false };
  const { name, code, isFinal }: Error & { readonly code?: unknown; readonly isFinal?: unknown } = error;
  const facts = [name, ...(typeof code === 'string' || typeof code === 'number' ? [String(code)] : [])];
  return { reason: facts.map((fact) => fact.slice(0, 64)).join(' '), isFinal: isFinal === true };
}
