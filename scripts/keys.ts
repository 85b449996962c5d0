import { exit, exitWith } from '../src/process/exit-codes.ts';
import type { GatehouseKeys, KeyStatus } from '../src/features/signing-keys/signing-key.rotation.ts';
import { readCommand } from './command-line.ts';
import { withGatehouse } from './with-gatehouse.ts';

/**
 * `npm run keys`: the keys that sign access tokens, also while servers run.
 *
 * `-- list` lists them; `-- rotate` creates the next one; `-- --revoke KID` revokes a key, so that its tokens are refused.
 * `--data FOLDER` as for `npm start`.
 */
async function keys(): Promise<void> {
  const known = { revoke: { type: 'string' }, data: { type: 'string' } } as const;
  const { command, options: { revoke, data } } = readCommand(['list', 'rotate'], known);
  if (command !== undefined && revoke !== undefined) {
    throw exit('usage', `--revoke stands alone, without ${command}: it makes another key sign by itself.`);
  }
  await withGatehouse(data, async (gatehouse) => {
    if (revoke !== undefined) await revokeKey(gatehouse.keys, revoke);
    else if (command === 'rotate') await rotateKeys(gatehouse.keys);
    for (const key of await gatehouse.keys.list()) console.log(describe(key));
  });
}

async function rotateKeys(keys: GatehouseKeys): Promise<void> {
  const { isNew, key } = await keys.rotate();
  console.log(isNew ? `New: ${key.kid}` : `No new key: ${key.kid} is published and waits for its turn.`);
}

async function revokeKey(keys: GatehouseKeys, kid: string): Promise<void> {
  if (!(await keys.revoke(kid))) throw exit('usage', `There is no key ${kid}. \`npm run keys -- list\` lists the keys.`);
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

keys().catch(exitWith);
