import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';
import { run } from '../../src/cli/local-mongo/engines/programs.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { createProcesses } from '../support/processes.ts';
import { standardPassword } from '../support/test-pool.ts';

const project = resolve(import.meta.dirname, '..', '..');

/** A program with a client that was made of /openapi.json alone. */
const program = `import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

type User = components['schemas']['User'];

/** Logs in, lists users, and is refused: with a client that was made of /openapi.json alone. */
export async function call(baseUrl: string, email: string, password: string) {
  const client = createClient<paths>({ baseUrl });
  const { data: login, error: refused } = await client.POST('/users/login', { body: { email, password } });
  if (!login) throw new Error(refused.detail);
  const headers = { Authorization: 'Bearer ' + login.access_token };
  const { data: page } = await client.GET('/admin/load-users', { headers, params: { query: { search: email, sort: '-lastLoginAt' } } });
  const users: readonly User[] = page?.items ?? [];
  const { error: problem } = await client.POST('/admin/create-user', { headers, body: { email } });
  // @ts-expect-error There is no such order: a client of these types does not compile.
  await client.GET('/admin/load-users', { headers, params: { query: { sort: 'roles' } } });
  return { emails: users.map((user) => user.email), total: page?.total, code: problem?.code };
}
`;

const compilerOptions = { strict: true, target: 'es2022', module: 'nodenext', skipLibCheck: true, types: [], lib: ['es2022', 'dom'] };

describe('a client that is generated from /openapi.json', () => {
  it('compiles from short types, logs in, lists users and gets a typed problem', async () => {
    const gatehouse = await startGatehouse();
    const types = astToString(await openapiTypes(new URL('/openapi.json', gatehouse.origin)));
    expect(types).toMatch(/^ {8}User: \{$/m);
    const operations = types.match(/: operations\["/g) ?? [];
    expect(operations.length).toBeGreaterThan(80);
    expect(types.split('\n').length / operations.length).toBeLessThan(82);

    const { folder } = createProcesses();
    writeFileSync(join(folder, 'api.d.ts'), types);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'caller.ts'), program);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['caller.ts'] }));
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    const compiler = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
    const compiled = await run(process.execPath, [compiler, '--project', folder], process.env, 60_000);
    expect([compiled.output, compiled.ok]).toEqual(['', true]);

    const { call } = await import(pathToFileURL(join(folder, 'caller.js')).href) as { call: (...args: string[]) => Promise<unknown> };
    const { email } = await gatehouse.newUser('admin');
    expect(await call(gatehouse.origin, email, standardPassword)).toEqual({ emails: [email], total: 1, code: 'email-taken' });
  }, 120_000);
});
