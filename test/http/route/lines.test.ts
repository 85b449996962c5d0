import { setTimeout as sleep } from 'node:timers/promises';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import { createLogBook, serveRoutes } from './serve.ts';
import type { TestServer } from './serve.ts';
import { eventually } from '../../support/eventually.ts';

const made: number[] = [];
let ended = '';

async function* endless(): AsyncGenerator<string> {
  try {
    for (let number = 0; ; number += 1) {
      made.push(number);
      yield 'x'.repeat(1_000);
      await Promise.resolve();
    }
  } finally {
    ended = 'ended';
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a generator of what is at hand
async function* some(lines: readonly string[], failure?: Error): AsyncGenerator<string> {
  yield* lines;
  if (failure) throw failure;
}

const logBook = createLogBook();
const routes = [
  defineRoute({ method: 'GET', url: '/few', summary: 'Tells.', errors: [], output: 'lines', handler: () => some(['{"a":1}', '{"b":2}']) }),
  defineRoute({ method: 'GET', url: '/broken', summary: 'Breaks off.', errors: [], output: 'lines', handler: () => some(
    ['x'.repeat(100_000)], new Error('inside'),
  ) }),
  defineRoute({ method: 'GET', url: '/endless', summary: 'Never ends.', errors: [], output: 'lines', handler: () => endless() }),
];

describe('an answer of lines', () => {
  let server: TestServer;
  beforeAll(async () => { server = await serveRoutes(routes, { logger: logBook }); });
  afterAll(() => server.close());

  it('of a few, is each with a line feed', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/few`);
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')])
      .toEqual([200, 'application/x-ndjson; charset=utf-8', 'no-store']);
    expect(await response.text()).toBe('{"a":1}\n{"b":2}\n');
  });

  it('that fails on the way, is cut off, so that nobody takes a part for the whole', async () => {
    await expect(fetch(`http://127.0.0.1:${server.port}/broken`).then((response) => response.text())).rejects.toThrow('terminated');
  });

  it('that the caller takes slowly, or no more, waits for them and ends with them', async () => {
    const leaving = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/endless`, { signal: leaving.signal });
    expect(response.status).toBe(200);
    let before = -1;
    while (before !== made.length) {
      before = made.length;
      await sleep(100); // until nothing more is made, because nobody reads
    }
    leaving.abort();
    await eventually(() => ended !== '', { pause: 5 });
    expect(made.length).toBeGreaterThan(0);
  }, 30_000);
});
