import type { AccountAddress } from '../features/users/email/email-keys.ts';
import { commonOptions } from './command-line/command.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readOptions } from './command-line/read-options.ts';
import { withGatehouse } from './local/with-gatehouse.ts';

const options = {
  renew: { type: 'boolean', default: false, about: 'Store all other addresses in the form that is compared today.' },
  ...commonOptions,
} as const satisfies CommandOptions;

/** `addresses`: lists accounts whose e-mail addresses were different when they were stored, and are equal by today's rules. */
export const addressesCommand: Command = {
  options,
  async run(args) {
    const { renew, data } = readOptions(options, args);
    await withGatehouse(data, async (gatehouse) => {
      const { seen, collisions, outdated, refused } = await gatehouse.compareAddresses({ renew });
      for (const { tenantId, address, users } of collisions) {
        const named = users.map(nameOf).join(' and ');
        console.log(`${tenantId}: ${address} is the address of ${named}: change or delete all but one.`);
      }
      const state = renew ? 'is stored in the present form now' : 'is stored in an old form: run this with --renew';
      for (const { tenantId, ...account } of outdated) console.log(`${tenantId}: ${nameOf(account)} ${state}.`);
      for (const { tenantId, ...account } of refused) {
        console.log(`${tenantId}: ${nameOf(account)} has an address that would be refused today: change it.`);
      }
      const [shared, old] = [`${collisions.length} addresses of several`, `${outdated.length} in an old form${renew ? ', renewed' : ''}`];
      console.log(`${seen} accounts: ${shared}, ${old}, ${refused.length} that would be refused.`);
    });
  },
};

function nameOf({ userId, email }: AccountAddress): string {
  return `${userId} (${visible(email)})`;
}

/** The address with invisible characters as escapes. */
function visible(email: string): string {
  const escape = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  return email.replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu, escape);
}
