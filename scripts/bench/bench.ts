import { exit, exitWith } from '../../src/process/exit-codes.ts';
import { benchBoot } from './boot.ts';
import { benchCheck } from './check.ts';
import { benchDecide } from './decide.ts';
import { benchGate } from './gate.ts';
import { benchLogin } from './login.ts';
import { benchRevocation } from './revocation.ts';
import { benchTenants } from './tenants.ts';

interface Benchmark {
  readonly about: string;
  readonly options: string;
  readonly run: (args: string[]) => Promise<void>;
}

/** `npm run bench -- <what>`: one file a benchmark, each with options of its own. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  gate: {
    about: 'bare Express, a naive gate and Gatehouse on the same route',
    options: '[--seconds 5] [--rounds 3] [--connections 10] [--rights 100] [--sessions 1] [--workers 1] [--json]',
    run: benchGate,
  },
  check: {
    about: 'checks over HTTP, one and 1,000 a call, beside OPA and OpenFGA, which Go builds once, and the budgets',
    options: '[--seconds 2] [--rounds 5] [--connections 10] [--workers CORES] [--alone] [--json]',
    run: benchCheck,
  },
  decide: {
    about: 'the decisions of Gatehouse, node-casbin and CASL on the same policies, and the budgets',
    options: '[--urls 100,1000,10000,100000] [--roles 10,100,1000,10000] [--seconds 0.4] [--rounds 5] [--json]',
    run: benchDecide,
  },
  boot: {
    about: 'how long a boot takes with few and many URLs, on a new database and on a seeded one, and the budget',
    options: '[--urls 10,1000,10000] [--rounds 5] [--json]',
    run: benchBoot,
  },
  login: {
    about: 'logins at the default cost of passwords, gated requests meanwhile, and bare bcrypt hashes',
    options: '[--seconds 5] [--rounds 3] [--clients 10] [--json]',
    run: benchLogin,
  },
  revocation: {
    about: 'how long after its acknowledgement a change is unknown to other nodes',
    options: '[--nodes 2,4] [--changes 400] [--json]',
    run: benchRevocation,
  },
  tenants: {
    about: 'logins, gated requests and checks with few tenants, users and sessions, and with many',
    options: '[--tenants 500] [--users 50000] [--sessions 100000] [--seconds 2] [--rounds 5] [--json]',
    run: benchTenants,
  },
};

const [name = '', ...args] = process.argv.slice(2);
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
const lines = Object.entries(benchmarks).map(([what, { about, options }]) => `  ${what}  ${options}\n      ${about}`);
const usage = ['Usage: npm run bench -- <what>', ...lines].join('\n');
await (benchmark ? benchmark.run(args) : Promise.reject(exit('usage', usage))).catch(exitWith);
