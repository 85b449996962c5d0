import { setTimeout as sleep } from 'node:timers/promises';
import { sumUp } from './figures.ts';
import type { Figures } from './figures.ts';
import { send } from './requests.ts';
import type { LoadRequest } from './requests.ts';

/**
 * Measures clients that send their requests one after the other, again and again, with `pause` ms after each answer.
 *
 * For requests that may take longer than `seconds`: each client sends one at least, and every answer is waited for.
 * Rejects if any answer was not a 2xx.
 */
export async function measureClients(clients: readonly (readonly LoadRequest[])[], seconds: number, pause = 0): Promise<Figures> {
  const began = performance.now();
  const times = await Promise.all(clients.map((requests) => timeInTurn(requests, seconds, pause)));
  return sumUp(times.flat(), performance.now() - began);
}

/** Sends requests in turn for some seconds, one at least, from the given place on; resolves with the time of each in ms. */
export async function timeInTurn(requests: readonly LoadRequest[], seconds: number, pause = 0, from = 0): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let next = from; times.length === 0 || performance.now() < end; next += 1) {
    const request = requests[next % requests.length];
    if (!request) throw new Error('There are no requests to send.');
    const sentAt = performance.now();
    await send(request);
    times.push(performance.now() - sentAt);
    if (pause > 0) await sleep(pause);
  }
  return times;
}
