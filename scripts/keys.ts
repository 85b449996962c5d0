import { exit, exitWith } from '../src/process/exit-codes.ts';
import type { GatehouseKeys, KeyStatus } from '../src/features/signing-keys/signing-key.rotation.ts';
import { readCommand } from './command-line.ts';
import { withGatehouse } from './with-gatehouse.ts';

/**
 * `npm run keys`: the keys that sign access tokens, also beside running servers.
 *
 * `-- list` shows them; `-- rotate` makes the next one; `-- --revoke KID` makes a key's tokens be refused;
 * `--data FOLDER` as for `npm start`.
 */
async function keys(): Promise<void> {
  const { command, options: { revoke, data } } = readCommand(['list', 'rotate'], { revoke: { type: 'string' }, data: { type: 'string' } });
  if (command !== undefined && revoke !== undefined) throw exit('usage', `--revoke stands alone, without ${command}: it sees to it that another key signs.`);
  await withGatehouse(data, async (gatehouse) => {
    if (revoke !== undefined) await revokeKey(gatehouse.keys, revoke);
    else if (command === 'rotate') await rotateKeys(gatehouse.keys);
    for (const key of await gatehouse.keys.list()) console.log(describe(key));
  });
}

async function rotateKeys(keys: GatehouseKeys): Promise<void> {
  const { isNew, key } = await keys.rotate();
  console.log(isNew ? `New: ${key.kid}` : `None was made: ${key.kid} waits for its turn.`);
}

async function revokeKey(keys: GatehouseKeys, kid: string): Promise<void> {
  if (!(await keys.revoke(kid))) throw exit('usage', `There is no key ${kid}. \`npm run keys -- list\` shows those that there are.`);
  console.log(`Revoked: ${kid}. Its tokens are refused by every node within 2 s, by services that verify within 10 minutes.`);
}

function describe({ kid, state, signsFrom, until }: KeyStatus): string {
  switch (state) {
    case 'waiting': return `${kid}  published, signs from ${signsFrom.toISOString()}`;
    case 'signing': return `${kid}  signs since ${signsFrom.toISOString()}`;
    case 'retired': return `${kid}  verifies until ${until?.toISOString() ?? ''}`;
    case 'ended': return `${kid}  ended ${until?.toISOString() ?? ''}, goes with the next rotation`;
  }
}

keys().catch(exitWith);
