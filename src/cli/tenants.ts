import { commandText } from '../errors/command-text.ts';
import type { MoveOutcome } from '../features/tenants/moves/tenant.move.ts';
import { isolations } from '../platform/database/tenancy/tenant-locations.ts';
import { exit } from '../process/exit-codes.ts';
import { commonOptions } from './command-line/command.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readOptions } from './command-line/read-options.ts';
import { withGatehouse } from './local/with-gatehouse.ts';

const usage = `move NAME --to ${isolations.join('|')}`;
const options = {
  to: { type: 'string', value: 'PLACE', about: 'database: a database of its own; shared: the shared database.' },
  ...commonOptions,
} as const satisfies CommandOptions;

/** `tenants`: moves the data of a suspended tenant, also while servers run. It may be interrupted at any point and run again. */
export const tenantsCommand: Command = {
  usage,
  options,
  async run([command, name = '', ...args]) {
    const refuse = () => exit('usage', `Usage: ${commandText('tenants', usage)}`);
    if (command !== 'move' || name === '' || name.startsWith('-')) throw refuse();
    const { to: text, data } = readOptions(options, args);
    const to = isolations.find((isolation) => isolation === text);
    if (!to) throw refuse();
    await withGatehouse(data, async (gatehouse) => {
      console.log(describe(name, to, await gatehouse.moveTenant(name, to, (line) => console.log(line))));
    });
  },
};

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
