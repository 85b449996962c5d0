import { configUrls } from '../../config/configUrls.ts';
import { registeredUrls } from '../../config/registeredUrls.ts';
import { listUrls } from '../../src/engine/urls/registered-url.ts';
import type { AccessClass } from '../../src/engine/urls/registered-url.ts';
import type { Client } from '../support/client/client.ts';

/** One method of one registered URL, and a path that reaches it. */
export interface RegisteredEndpoint {
  readonly access: AccessClass;
  readonly method: string;
  readonly url: string;
  readonly path: string;
}

/** All URLs of config/, as `access url`. */
export const declared = listUrls([registeredUrls, { config: configUrls }]).map(({ access, url }) => `${access} ${url}`);

/** Every method of every registered URL, as the superadmin is told. */
export async function loadEndpoints(superadmin: Client): Promise<RegisteredEndpoint[]> {
  const { body } = await superadmin.get('/roles/get-rights', 200);
  return body.rights.flatMap(({ url, access, methods = [] }) => methods.map((method) => ({ access, method, url, path: pathOf(url) })));
}

/** A path that a URL matches; its parameters name nothing that exists. */
export function pathOf(url: string): string {
  return url.replace('*path', 'start.js').replace(/:\w+/g, 'ffffffffffffffffffffffff');
}
