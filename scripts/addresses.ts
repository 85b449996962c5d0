import { exitWith } from '../src/process/exit-codes.ts';
import type { AccountAddress } from '../src/features/users/email/email-keys.ts';
import { readOptions } from './command-line.ts';
import { withGatehouse } from './with-gatehouse.ts';

/**
 * `npm run addresses`: names accounts that were stored with two e-mail addresses which are one by now. Servers may run meanwhile.
 *
 * `-- --renew` stores the present form for all other accounts that were stored in an old one; `--data FOLDER` is that of `npm start`.
 */
async function addresses(): Promise<void> {
  const { renew = false, data } = readOptions({ renew: { type: 'boolean' }, data: { type: 'string' } });
  await withGatehouse(data, async (gatehouse) => {
    const { seen, collisions, outdated, refused } = await gatehouse.compareAddresses({ renew });
    for (const { tenantId, address, users } of collisions) {
      const named = users.map(nameOf).join(' and ');
      console.log(`${tenantId}: ${address} is the address of ${named}: change or delete all but one.`);
    }
    const state = renew ? 'is stored in the present form now' : 'is stored in an old form: run this with --renew';
    for (const { tenantId, ...account } of outdated) console.log(`${tenantId}: ${nameOf(account)} ${state}.`);
    for (const { tenantId, ...account } of refused) console.log(`${tenantId}: ${nameOf(account)} has an address that would be refused today: change it.`);
    const [shared, old] = [`${collisions.length} addresses of several`, `${outdated.length} in an old form${renew ? ', renewed' : ''}`];
    console.log(`${seen} accounts: ${shared}, ${old}, ${refused.length} that would be refused.`);
  });
}

function nameOf({ userId, email }: AccountAddress): string {
  return `${userId} (${shown(email)})`;
}

/** With what nobody sees made visible. */
function shown(email: string): string {
  return email.replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

addresses().catch(exitWith);
