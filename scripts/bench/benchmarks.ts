import type { Benchmark } from './benchmark.ts';
import { bootBenchmark } from './boot/boot.ts';
import { checkBenchmark } from './check/check.ts';
import { decideBenchmark } from './decide/decide.ts';
import { gateBenchmark } from './gate/gate.ts';
import { loginBenchmark } from './login/login.ts';
import { revocationBenchmark } from './revocation/revocation.ts';
import { tenantsBenchmark } from './tenants/tenants.ts';

export const benchmarks: Readonly<Record<string, Benchmark>> = {
  gate: gateBenchmark,
  check: checkBenchmark,
  decide: decideBenchmark,
  boot: bootBenchmark,
  login: loginBenchmark,
  revocation: revocationBenchmark,
  tenants: tenantsBenchmark,
};

/** Lists the benchmarks with their options and defaults. */
export function usage(): string {
  const lines = Object.entries(benchmarks).map(([name, { about, options }]) => `  ${name}  ${options}\n      ${about}`);
  return ['Usage: npm run bench -- <what>', ...lines].join('\n');
}
