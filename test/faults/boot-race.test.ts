import { randomBytes } from 'node:crypto';
import type { BootNews, BootOrder } from '../support/booting-node.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses, nextMessage } from '../support/processes.ts';
import type { Running } from '../support/processes.ts';
import { proof } from '../support/proof.ts';
import { countSeeded, readSeededContent, seededOnce } from '../support/seeded-content.ts';
import type { SeededContent } from '../support/seeded-content.ts';

const rounds = proof({ short: 3, ci: 6, full: 24 });
const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64') };
const credentials = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' };

const processes = createProcesses();

interface Round {
  readonly content: SeededContent;
  readonly rolesCreated: number;
  /** From the first order to the last node's answer, in ms. */
  readonly milliseconds: number;
}

/** Boots these nodes on one empty database, all at the same moment. */
async function race(nodes: readonly Running[], env: Readonly<Record<string, string>>): Promise<Round> {
  const { uri, connection, drop } = await createDatabase('shared', { name: 'race' });
  for (const { child } of nodes) child.send({ uri, env } satisfies BootOrder);
  for (const node of nodes) expect(await nextMessage<BootNews>(node)).toBe('connected');
  const began = performance.now();
  for (const { child } of nodes) child.send('boot');
  const news = await Promise.all(nodes.map(async (node) => {
    expect(await nextMessage<BootNews>(node)).toBe('seeding');
    return await nextMessage<BootNews>(node);
  }));
  const milliseconds = performance.now() - began;
  const reports = news.map((one) => {
    if (typeof one !== 'object' || 'fault' in one) throw new Error(`A node failed: ${JSON.stringify(one)}`);
    return one.report;
  });
  const content = await readSeededContent(connection);
  await drop();
  return { content, milliseconds, rolesCreated: reports.reduce((sum, report) => sum + report.rolesCreated, 0) };
}

describe('nodes that boot at once on an empty database', () => {
  it(`two to four processes, ${rounds} rounds, one seeding as if one had booted alone`, async () => {
    const nodes = Array.from({ length: 4 }, () => processes.fork('test/support/booting-node.ts'));
    const alone = {
      link: await race(nodes.slice(0, 1), secrets),
      settings: await race(nodes.slice(0, 1), { ...secrets, ...credentials }),
    };
    expect(alone.settings.content['users']).toMatchObject([{ hasPassword: true }]);
    const durations: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const way = round % 2 === 0 ? 'link' : 'settings';
      const together = await race(nodes.slice(0, 2 + round % 3), way === 'link' ? secrets : { ...secrets, ...credentials });
      durations.push(together.milliseconds);
      expect(countSeeded(together.content)).toEqual(seededOnce);
      expect(together.rolesCreated).toBe(4);
      expect(together.content).toEqual(alone[way].content);
    }
    durations.sort((a, b) => a - b);
    console.log([
      `boot race: ${rounds} rounds of 2 to 4 processes on an empty database, no node failed`,
      `median ${durations[rounds >> 1]?.toFixed(0) ?? ''} ms, slowest ${durations.at(-1)?.toFixed(0) ?? ''} ms`,
      'always 1 superadmin, 4 roles created once, 1 signing key, 1 tenant and the content of one node alone',
    ].join('; '));
  }, proof({ short: 180_000, ci: 300_000, full: 1_200_000 }));
});
