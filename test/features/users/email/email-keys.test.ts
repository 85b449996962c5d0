import { createSharedModels } from '../../../../src/boot/stores.ts';
import type { Models } from '../../../../src/boot/stores.ts';
import { createEmailAddressStore } from '../../../../src/features/users/email/email-address.store.ts';
import { createCompareAddresses } from '../../../../src/features/users/email/email-keys.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../../support/gatehouse/database.ts';

let database: TestDatabase;
let stores: Models;
beforeAll(async () => {
  database = await createDatabase();
  stores = createSharedModels(database.connection);
  await stores.users.init();
});

const compare = (tenantId: string, renew?: boolean) => createCompareAddresses(
  { addresses: createEmailAddressStore(stores.users), tenantIds: () => Promise.resolve(['empty', tenantId]) },
)({ ...(renew !== undefined && { renew }) });

/** Models accounts under the keys that an older version gave them: the address in small letters. */
async function store(tenantId: string, emails: readonly string[]): Promise<void> {
  await stores.users.insertMany(emails.map((email, index) => ({
    _id: `${tenantId}-${index}`, tenantId, email, emailKey: email.normalize('NFC').toLowerCase(), roles: ['guest'], isActive: true,
    accessVersion: 1, version: 1, createdAt: new Date(0),
  })));
}

describe('compareAddresses', () => {
  it('of old accounts, names those that collide, and renews the others alone', async () => {
    await store('one', [
      'Ann@Example.com', 'u@bücher.example', 'u@xn--bcher-kva.example', 'eve@bücher.example', 'x@中文.com', 'x@中文。com', 'v\u00ad@example.com',
    ]);
    const report = {
      seen: 7,
      collisions: [
        { tenantId: 'one', address: 'u@xn--bcher-kva.example', users: [
          { userId: 'one-2', email: 'u@xn--bcher-kva.example' }, { userId: 'one-1', email: 'u@bücher.example' },
        ] },
        { tenantId: 'one', address: 'x@xn--fiq228c.com', users: [
          { userId: 'one-4', email: 'x@中文.com' }, { userId: 'one-5', email: 'x@中文。com' },
        ] },
      ],
      outdated: [{ tenantId: 'one', userId: 'one-3', email: 'eve@bücher.example' }],
      refused: [{ tenantId: 'one', userId: 'one-6', email: 'v\u00ad@example.com' }],
    };
    expect(await compare('one')).toEqual(report);
    expect(await compare('one', true)).toEqual(report);
    expect(await compare('one', true)).toEqual({ ...report, outdated: [] });
    expect(await stores.users.findOne({ tenantId: 'one', emailKey: 'eve@xn--bcher-kva.example' }).lean())
      .toMatchObject({ _id: 'one-3', email: 'eve@bücher.example', version: 1 });
    expect(await stores.users.findOne({ tenantId: 'one', _id: 'one-1' }).lean()).toMatchObject({ emailKey: 'u@bücher.example' });
  });

  it('an address that another user takes at the same time, is reported as a collision', async () => {
    await store('two', ['u@bücher.example']);
    const racing = createCompareAddresses({
      tenantIds: () => Promise.resolve(['two']),
      addresses: createEmailAddressStore(new Proxy(stores.users, {
        get: (model, name) => (name !== 'updateOne' ? Reflect.get(model, name) as unknown : () => Promise.reject(
          Object.assign(new Error('taken'), { code: 11_000 }),
        )),
      })),
    });
    expect(await racing({ renew: true })).toMatchObject({ collisions: [{ users: [{ userId: 'two-0' }] }], outdated: [] });
  });

  it('accounts without an address, and those in the present form, are nothing to tell of', async () => {
    await store('three', ['ann@example.com']);
    await stores.users.create(
      [{ _id: 'none', tenantId: 'three', roles: [], isActive: true, accessVersion: 1, version: 1, createdAt: new Date(0) }],
    );
    expect(await compare('three')).toEqual({ seen: 2, collisions: [], outdated: [], refused: [] });
  });
});
