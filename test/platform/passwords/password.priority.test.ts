import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import bcrypt from 'bcryptjs';
import { createPasswordPool } from '../../../src/platform/passwords/password.pool.ts';

/** The nice value of each thread of this process, by its id: field 19 of proc_pid_stat(5). */
function priorities(): Map<number, number> {
  const ids = readdirSync('/proc/self/task').map(Number);
  return new Map(ids.map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    return [id, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])];
  }));
}

const estimate = { password: 'a long enough password', about: [] };
const hash = { digest: 'digest', salt: bcrypt.genSaltSync(4) };

describe('password priority', () => {
  it.each([
    ['a hash', 'runs below everything else of the process'], ['an estimate, which is cut off by the clock,', 'runs like everything else'],
  ])('thread that computes %s on Linux, %s', async (kind) => {
    const before = platform() === 'linux' ? priorities() : new Map<number, number>();
    const pool = createPasswordPool({ maxQueue: 4, workers: 1 });
    await (kind === 'a hash' ? pool.run(hash) : pool.rate(estimate));
    const now = platform() === 'linux' ? priorities() : new Map<number, number>();
    await pool.close();
    const own = now.get(process.pid) ?? 0;
    const lowest = Math.max(own, ...[...now].filter(([id]) => !before.has(id)).map(([, priority]) => priority));
    expect(lowest).toBe(kind === 'a hash' && platform() === 'linux' ? Math.max(own, 10) : own);
    expect(now.get(process.pid)).toBe(before.get(process.pid));
  });
});
