import { exit, exitWith } from '../src/process/exit-codes.ts';
import { isolations } from '../src/platform/database/tenancy/tenant-locations.ts';
import type { MoveOutcome } from '../src/features/tenants/moves/tenant.move.ts';
import { readOptions } from './command-line.ts';
import { withGatehouse } from './with-gatehouse.ts';

/**
 * `npm run tenants -- move NAME --to database|shared`: moves the data of a suspended tenant, also while servers run.
 *
 * It may be interrupted at any point and run again. `--data FOLDER` as for `npm start`.
 */
async function tenants(): Promise<void> {
  const [command, name = '', ...args] = process.argv.slice(2);
  const usage = () => exit('usage', `Usage: npm run tenants -- move NAME --to ${isolations.join('|')}`);
  if (command !== 'move' || name === '' || name.startsWith('-')) throw usage();
  const { to: text, data } = readOptions({ to: { type: 'string' }, data: { type: 'string' } }, args);
  const to = isolations.find((isolation) => isolation === text);
  if (!to) throw usage();
  await withGatehouse(data, async (gatehouse) => {
    console.log(describe(name, to, await gatehouse.moveTenant(name, to, (line) => console.log(line))));
  });
}

function describe(name: string, to: string, outcome: MoveOutcome): string {
  switch (outcome.kind) {
    case 'moved': {
      const place = to === 'database' ? 'a database of its own' : 'the shared database';
      return `${name} is kept in ${place}: ${outcome.rows} rows moved. Resume it by POST /tenants/resume.`;
    }
    case 'taken-back': return `${name} is kept where it was: the unfinished move is undone.`;
    case 'there-already': return `${name} is kept there already.`;
    case 'not-found': throw exit('usage', `There is no tenant ${name}.`);
    case 'default-tenant': throw exit('usage', 'The default tenant always stays in the shared database.');
    case 'not-suspended': {
      const why = 'a tenant that is not suspended could be written to while it is moved';
      throw exit('usage', `${name} is not suspended: ${why}. Suspend it by POST /tenants/suspend.`);
    }
  }
}

tenants().catch(exitWith);
