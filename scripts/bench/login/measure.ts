import { bearer, sumUp, timeInTurn } from '../load.ts';
import type { Figures, LoadRequest } from '../load.ts';

/** Between two gated requests, in ms: somebody works, and nobody floods. */
const pause = 10;

/** Sends each client's logins over and over, one after the other. */
export async function measureLogins(logins: readonly (readonly LoadRequest[])[], seconds: number): Promise<Figures> {
  const began = performance.now();
  const times = await Promise.all(logins.map((own) => timeInTurn(own, seconds)));
  return sumUp(times.flat(), performance.now() - began);
}

/** Sends gated requests, one after the other with pauses. */
export async function measureGate({ url, token }: { readonly url: string; readonly token: string }, seconds: number): Promise<Figures> {
  const began = performance.now();
  const times = await timeInTurn([{ url, headers: bearer(token) }], seconds, pause);
  return sumUp(times, performance.now() - began);
}
