import type { Express } from 'express';
import type { UrlDeclaration } from '../../src/engine/urls/registered-url.ts';
import type { Client } from './client/client.ts';

/** URLs of a host app: one with two methods, one with a parameter, one simple. */
export const schoolUrls = {
  simple: { '/school/': ['about'] },
  auth: { '/school/': ['classes', 'student/:studentId'] },
} satisfies UrlDeclaration;

/** Serves them. */
export function mountSchool(app: Express): void {
  app.get('/school/about', (_request, response) => void response.json({}));
  app.route('/school/classes').get((_request, response) => void response.json({})).post((_request, response) => void response.json({}));
  app.get('/school/student/:studentId', (_request, response) => void response.json({}));
}

/** The status of a request to a URL of the host, which /openapi.json does not describe. */
export async function statusOf(origin: string, client: Client, method: string, path: string): Promise<number> {
  const response = await fetch(`${origin}${path}`, { method, headers: { Authorization: `Bearer ${client.token ?? ''}` } });
  await response.arrayBuffer();
  return response.status;
}
