import type { AddressInfo } from 'node:net';
import { requirePermission } from '../../src/host/guards/permission.guard.ts';
import { createServer } from '../../src/http/server/create-server.ts';
import { createPasswordPool } from '../../src/platform/passwords/password.pool.ts';
import type { PasswordPool } from '../../src/platform/passwords/password.pool.ts';
import type { VerifierOptions } from '../../src/verifier/verifier.ts';
import type { Answer } from '../support/client/client.ts';
import { startService } from '../verifier/service.ts';
import { eventually } from '../support/eventually.ts';

/** For what /openapi.json says nothing of: a host's own routes, and a server that never opened. */
export async function undocumented(origin: string, path: string, token: string | null = null): Promise<Answer> {
  const response = await fetch(origin + path, token === null ? {} : { headers: { Authorization: `Bearer ${token}` } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Asks a service that knows tokens alone. */
export async function askService(options: Partial<VerifierOptions>, token: string | null): Promise<Answer> {
  const service = await startService({
    issuer: 'http://127.0.0.1:3000', ...options,
    routes: (app) => void app.get('/items', requirePermission('read:items'), (_request, response) => void response.json({})),
  });
  try {
    return await undocumented(`http://127.0.0.1:${service.port}`, '/items', token);
  } finally {
    await service.close();
  }
}

/** Asks a server that takes one request at a time, and has one that it never answers. */
export async function askFull(): Promise<Answer> {
  let arrived = 0;
  const server = createServer(() => { arrived += 1; }, { maxRequests: 1 });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // what a server on a port has
  const unanswered = undocumented(origin, '/first').catch(() => undefined);
  try {
    await eventually(() => arrived > 0, { pause: 5 });
    return await undocumented(origin, '/second');
  } finally {
    await server.stop({ patience: 50 });
    await unanswered;
  }
}

/** Asks with a password pool in which nobody may wait; `fill` asks while all its places are held. */
export async function whileFull(
  ask: (pool: PasswordPool, fill: (ask: () => Promise<Answer>) => Promise<Answer>) => Promise<Answer>,
): Promise<Answer> {
  const pool = createPasswordPool({ maxQueue: 0, workers: 1 });
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  try {
    return await ask(pool, (askNow) => {
      const held = [1, 2].map(() => pool.hold(undefined, () => left));
      return askNow().finally(async () => {
        leave();
        await Promise.all(held);
      });
    });
  } finally {
    await pool.close();
  }
}
