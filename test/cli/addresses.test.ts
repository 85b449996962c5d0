import { randomBytes } from 'node:crypto';
import { createSharedModels } from '../../src/boot/stores.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';

const processes = createProcesses();
const database = await createDatabase();
describe('npm run addresses', () => {
  it('of accounts that an older version stored, lists what to do about each', async () => {
    const stores = createSharedModels(database.connection);
    await stores.tenants.create([{ _id: 'default', name: 'default', status: 'active', policyVersion: 1, version: 1 }]);
    await stores.users.insertMany(['u@bücher.example', 'u@xn--bcher-kva.example', 'eve@bücher.example', 'v\u00ad@example.com'].map((
      email, index,
    ) => (
      {
        _id: `user${index}`, tenantId: 'default', email, emailKey: email, roles: [], isActive: true, accessVersion: 1, version: 1,
        createdAt: new Date(0),
      })));
    const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64') };
    const finished = await processes.run('src/cli/cli.ts', ['addresses', '--renew'], { env: { MONGODB_URI: database.uri, ...secrets } });
    expect(finished).toEqual({
      code: 0, stderr: '', stdout: [
        'default: u@xn--bcher-kva.example is the address of user1 (u@xn--bcher-kva.example) and user0 (u@bücher.example): '
          + 'change or delete all but one.',
        'default: user2 (eve@bücher.example) is stored in the present form now.',
        'default: user3 (v\\u{ad}@example.com) has an address that would be refused today: change it.',
        '4 accounts: 1 addresses of several, 1 in an old form, renewed, 1 that would be refused.', '',
      ].join('\n'),
    });
  }, 60_000);
});
