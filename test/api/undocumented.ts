import { requirePermission } from '../../src/guards/permission.guard.ts';
import type { VerifierOptions } from '../../src/verifier/verifier.ts';
import type { Answer } from '../support/client.ts';
import { startService } from '../verifier/service.ts';

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
