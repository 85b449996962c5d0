import { randomBytes } from 'node:crypto';
import { createSharedModels } from '../../src/boot/stores.ts';
import type { ProviderConfiguration } from '../../src/features/sso/provider.types.ts';
import { createProviderStore } from '../../src/features/sso/provider.store.ts';
import type { ChangeTransaction } from '../../src/platform/changes/change.service.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';
import { startForgingProvider } from '../support/sso/forging-provider.ts';

const processes = createProcesses();
const database = await createDatabase();
const idp = await startForgingProvider();
const models = createSharedModels(database.connection);
const env = {
  MONGODB_URI: database.uri, KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  OUTBOUND_NETWORKS: 'sign-on=127.0.0.0/8',
};
const jwt = (jwksUri: string) => ({ issuer: 'https://issuer.example', jwksUri, algorithms: ['ES256'], bearer: { audience: 'api' } } as const);

async function newProvider(tenantId: string, name: string, configuration: ProviderConfiguration, isActive = true): Promise<string> {
  const _id = `${tenantId}.${randomBytes(12).toString('hex')}`;
  await createProviderStore(models.identityProviders).create({} as ChangeTransaction, { // without a transaction
    _id, tenantId, providerName: name, nameKey: name, protocol: 'clientId' in configuration ? 'OIDC' : 'JWT', configuration, sealed: {},
    attributeMapping: {}, roleMapping: [], provisioning: {}, domains: [], revision: 1, version: 1, createdAt: new Date(),
    ...(isActive ? { status: 'active', live: { revision: 1, configuration, sealed: {} } } : { status: 'draft' }),
  });
  return _id;
}

const check = () => processes.run('src/cli/cli.ts', ['sso', 'check'], { env });
/** The lines, without times. */
const linesOf = (stdout: string) => stdout.trim().split('\n').map((line) => line.replace(/ after \d+ ms/, ''));

describe('npm run sso check', () => {
  it('of active providers of active tenants, prints a line a step; one that fails, ends with 1', async () => {
    const states = [['default', 'active'], ['a1', 'active'], ['b2', 'suspended']] as const;
    await models.tenants.create(states.map(([_id, status]) => ({ _id, name: _id, status, policyVersion: 1, version: 1 })));
    const good = await newProvider('default', 'Good\u001b[2J', jwt(`${idp.issuer}/jwks`));
    await newProvider('default', 'draft', jwt(`${idp.issuer}/nothing`), false);
    await newProvider('b2', 'suspended', jwt(`${idp.issuer}/nothing`));
    const held = ['secrets', 'secrets-complete', 'address', 'keys'].map((step) => `default: Good?[2J (${good}): ${step} ok`);
    const first = await check();
    expect({ ...first, stdout: linesOf(first.stdout) }).toEqual({
      code: 0, stderr: '', stdout: [...held, '1 active identity providers, 0 with a step that failed.'],
    });

    const bad = await newProvider('a1', 'bad', { issuer: idp.issuer, clientId: 'gatehouse', clientAuthentication: 'basic' });
    const second = await check();
    expect({ ...second, stdout: linesOf(second.stdout) }).toEqual({
      code: 1, stderr: '', stdout: [
        `a1: bad (${bad}): secrets ok`,
        `a1: bad (${bad}): secrets-complete FAILED: expected clientSecret, received nothing. `
          + 'Send secrets with clientSecret: it was never sent, or a change of the issuer removed it.',
        ...held, '2 active identity providers, 1 with a step that failed.',
      ],
    });
  }, 90_000);

  it('without a word, or with another one, is refused', async () => {
    expect((await processes.run('src/cli/cli.ts', ['sso'], { env })).code).toBe(64);
    expect((await processes.run('src/cli/cli.ts', ['sso', 'chek'], { env })).code).toBe(64);
  });
});
