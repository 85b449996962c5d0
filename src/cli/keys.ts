import { commandText } from '../errors/command-text.ts';
import type { GatehouseKeys, KeyStatus } from '../features/signing-keys/signing-key.rotation.ts';
import { exit } from '../process/exit-codes.ts';
import { commonOptions } from './command-line/command.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readCommand } from './command-line/read-options.ts';
import { withGatehouse } from './local/with-gatehouse.ts';

const options = {
  revoke: { type: 'string', value: 'KID', about: 'Revoke this key, so that its tokens are refused.' },
  ...commonOptions,
} as const satisfies CommandOptions;

/** `keys`: lists, rotates and revokes the keys that sign access tokens, also while servers run. */
export const keysCommand: Command = {
  usage: '[list | rotate | --revoke KID]',
  options,
  async run(args) {
    const { command, options: { revoke, data } } = readCommand(['list', 'rotate'], options, args);
    if (command !== undefined && revoke !== undefined) {
      throw exit('usage', `--revoke stands alone, without ${command}: it makes another key sign by itself.`);
    }
    await withGatehouse(data, async (gatehouse) => {
      if (revoke !== undefined) await revokeKey(gatehouse.keys, revoke);
      else if (command === 'rotate') await rotateKeys(gatehouse.keys);
      for (const key of await gatehouse.keys.list()) console.log(describe(key));
    });
  },
};

async function rotateKeys(signingKeys: GatehouseKeys): Promise<void> {
  const { isNew, key } = await signingKeys.rotate();
  console.log(isNew ? `New: ${key.kid}` : `No new key: ${key.kid} is published and waits for its turn.`);
}

async function revokeKey(signingKeys: GatehouseKeys, kid: string): Promise<void> {
  if (!(await signingKeys.revoke(kid))) {
    throw exit('usage', `There is no key ${kid}. \`${commandText('keys', 'list')}\` lists the keys.`);
  }
  console.log(`Revoked: ${kid}. Every node refuses its tokens within 2 s, services that verify tokens themselves within 10 minutes.`);
}

function describe({ kid, state, signsFrom, until }: KeyStatus): string {
  switch (state) {
    case 'waiting': return `${kid}  published, signs from ${signsFrom.toISOString()}`;
    case 'signing': return `${kid}  signs since ${signsFrom.toISOString()}`;
    case 'retired': return `${kid}  verifies until ${until?.toISOString() ?? ''}`;
    case 'ended': return `${kid}  ended ${until?.toISOString() ?? ''}, the next rotation removes it`;
  }
}
