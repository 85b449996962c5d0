import { exit, exitWith } from '../../src/exit.ts';
import { benchGate } from './gate.ts';

/** `npm run bench -- <what>`: one file a benchmark, each with options of its own. */
const benchmarks: Readonly<Record<string, { readonly about: string; readonly run: (args: string[]) => Promise<void> }>> = {
  gate: { about: 'bare Express, a naive gate and Gatehouse on the same route [--seconds 5] [--rounds 3] [--connections 10] [--rights 100] [--json]', run: benchGate },
};

const [name = '', ...args] = process.argv.slice(2);
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
const usage = ['Usage: npm run bench -- <what>', ...Object.entries(benchmarks).map(([what, { about }]) => `  ${what.padEnd(6)} ${about}`)].join('\n');
await (benchmark ? benchmark.run(args) : Promise.reject(exit('usage', usage))).catch(exitWith);
