import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { keepAlive, logIn, send } from '../support/nodes.ts';
import { proof } from '../support/proof.ts';

// Two nodes behind what a load balancer is: it asks /readyz, sends to whom is ready, and tries the other one when a
// connection is refused. A request that was sent is never sent again: if it fails, somebody has seen it fail.

const rounds = proof({ short: 1, ci: 1, full: 3 });
/** How many processes a node has, in each test. */
const workerCounts = proof({ short: ['1'], ci: ['1', '2'], full: ['1', '2'] });
const clients = 4;
const askEvery = 100;

interface Backend {
  readonly origin: string;
  isReady: boolean;
  /** Connections to it; others from when it is ready again. */
  agent: Agent;
}

function createBalancer(origins: readonly string[]) {
  const backends = origins.map((origin): Backend => ({ origin, isReady: true, agent: keepAlive() }));
  let turn = 0;
  let isOver = false;
  const counts = { served: 0, refused: 0 };
  const failures: string[] = [];

  async function watch(backend: Backend): Promise<void> {
    while (!isOver) {
      const isReady = await send(backend.origin, '/readyz').then(({ status }) => status === 200, () => false);
      if (isReady && !backend.isReady) backend.agent = keepAlive();
      backend.isReady = isReady;
      await sleep(askEvery);
    }
  }

  async function forward(path: string, token: string): Promise<void> {
    for (let tries = 0; tries < 4; tries += 1) {
      const ready = backends.filter(({ isReady }) => isReady);
      const backend = ready[(turn += 1) % ready.length];
      if (!backend) { failures.push('no node is ready'); return; }
      try {
        const { status, body } = await send(backend.origin, path, { token, agent: backend.agent });
        if (status === 200) counts.served += 1;
        else failures.push(`${status} ${JSON.stringify(body)}`);
        return;
      } catch (error) {
        // Nobody has seen the request.
        if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') { counts.refused += 1; continue; }
        failures.push(error instanceof Error ? error.message : String(error));
        return;
      }
    }
    failures.push('refused by all');
  }

  const watching = backends.map(watch);
  return {
    backends, counts, failures,
    /** Sends one request after the other, until it is closed. */
    async keepAsking(path: string, token: string): Promise<void> {
      while (!isOver) {
        await forward(path, token);
        await sleep(25);
      }
    },
    async close() {
      isOver = true;
      await Promise.all(watching);
    },
  };
}

describe('a rolling restart of two nodes under load', () => {
  it.each(workerCounts)('of %s process(es) each, no request fails and no session is lost', async (workers) => {
    const gatehouse = await startGatehouse({ processes: 0, env: { WORKERS: workers, PUBLIC_URL: 'http://gate.example.com' } });
    const ports = [await freePort(), await freePort()];
    const start = (index: number) => gatehouse.start({ PORT: String(ports[index]) });
    const nodes = [await start(0), await start(1)];
    const tokens: string[] = [];
    for (let client = 0; client < clients; client += 1) tokens.push(await logIn(nodes[client % 2]?.origin ?? ''));

    const balancer = createBalancer(nodes.map(({ origin }) => origin));
    const load = tokens.map((token) => balancer.keepAsking('/profile/me', token));
    const began = performance.now();
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const [index, node] of nodes.entries()) {
          await sleep(500);
          node.child.kill('SIGTERM');
          expect(await node.ended).toEqual({ code: 0, signal: null });
          nodes[index] = await start(index);
          await eventually(() => balancer.backends[index]?.isReady === true);
        }
      }
      await sleep(500);
    } finally {
      await balancer.close();
      await Promise.all(load);
    }
    const { served, refused } = balancer.counts;
    console.log(
      `rolling restart of two nodes of ${workers} process(es), ${rounds} round(s), `
        + `${((performance.now() - began) / 1_000).toFixed(1)} s: ${served} requests of ${clients} sessions served, `
        + `${balancer.failures.length} failed, ${refused} connects refused and sent to the other node`,
    );
    expect(balancer.failures).toEqual([]);
    for (const token of tokens) expect((await send(nodes[0]?.origin ?? '', '/profile/me', { token })).status).toBe(200);
    for (const { child } of nodes) child.kill('SIGTERM');
    for (const { ended } of nodes) expect(await ended).toEqual({ code: 0, signal: null });
  }, proof({ short: 300_000, ci: 300_000, full: 900_000 }));
});
