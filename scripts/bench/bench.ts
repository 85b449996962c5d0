import { exit, exitWith } from '../../src/process/exit-codes.ts';
import { createTerminalLog } from '../../src/process/server-log.ts';
import { installNotice } from './installed.ts';

// `npm run bench -- NAME`: runs one benchmark. Loads benchmarks only once their packages are known to be there.
async function bench([name = '', ...args]: readonly string[]): Promise<void> {
  const notice = installNotice();
  if (notice !== undefined) throw exit('configuration', notice);
  const { benchmarks, usage } = await import('./benchmarks.ts');
  const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
  if (!benchmark) throw exit('usage', usage());
  await benchmark.run(args);
}

await bench(process.argv.slice(2)).catch(exitWith(createTerminalLog(process.env)));
