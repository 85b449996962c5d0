import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import bcrypt from 'bcryptjs';
import { createPasswordPool } from '../../src/passwords/password.pool.ts';

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
  it.each(['a hash', 'an estimate'])('thread that computes %s, on Linux, runs below everything else of the process', async (kind) => {
    const before = platform() === 'linux' ? priorities() : new Map<number, number>();
    const pool = createPasswordPool({ maxQueue: 4, workers: 1 });
    await (kind === 'a hash' ? pool.run(hash) : pool.rate(estimate));
    const now = platform() === 'linux' ? priorities() : new Map<number, number>();
    await pool.close();
    const own = now.get(process.pid);
    const lowered = [...now].filter(([id, priority]) => !before.has(id) && priority === Math.max(own ?? 0, 10));
    expect(lowered).toHaveLength(platform() === 'linux' ? 1 : 0);
    expect(own).toBe(before.get(process.pid));
  });
});
