import { exitWith } from '../src/exit.ts';
import { readOptions } from './command-line.ts';
import { withGatehouse } from './with-gatehouse.ts';

/**
 * `npm run addresses`: names the accounts whose e-mail addresses are one, though they were stored as two, also beside running servers.
 *
 * `-- --renew` stores the form in which addresses are compared for all others that were stored in an old one; `--data FOLDER` as for `npm start`.
 */
async function addresses(): Promise<void> {
  const { renew = false, data } = readOptions({ renew: { type: 'boolean' }, data: { type: 'string' } });
  await withGatehouse(data, async (gatehouse) => {
    const { seen, collisions, outdated, refused } = await gatehouse.compareAddresses({ renew });
    for (const { tenantId, address, users } of collisions) {
      console.log(`${tenantId}: ${address} is the address of ${users.map(({ userId, email }) => `${userId} (${shown(email)})`).join(' and ')}: change or delete all but one.`);
    }
    for (const { tenantId, userId, email } of outdated) console.log(`${tenantId}: ${userId} (${shown(email)}) ${renew ? 'is stored in the present form now' : 'is stored in an old form: run this with --renew'}.`);
    for (const { tenantId, userId, email } of refused) console.log(`${tenantId}: ${userId} (${shown(email)}) has an address that would be refused today: change it.`);
    console.log(`${seen} accounts: ${collisions.length} addresses of several, ${outdated.length} in an old form${renew ? ', renewed' : ''}, ${refused.length} that would be refused.`);
  });
}

/** With what nobody sees made visible. */
function shown(email: string): string {
  return email.replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

addresses().catch(exitWith);
