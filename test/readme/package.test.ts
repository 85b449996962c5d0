import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { followNewcomerPage, newcomerPages } from '../../scripts/pages/newcomer-pages.ts';
import { createCaller } from '../examples/caller.ts';
import type { Caller } from '../examples/caller.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { proof } from '../support/proof.ts';
import { compile, installIn, onlyTranslate, packGatehouse, run } from './packed.ts';
import { linksOf } from './page-links.ts';
import { codeBlocks, pages, root } from './read-pages.ts';
import { startNode } from './run-process.ts';
import { freePort } from '../support/free-port.ts';

type Work = (origin: string, wanderer: Caller) => Promise<void>;

/** Whether types are built and checked, which takes half a minute of processor time: not in the short form. */
const hasTypes = proof({ short: false, ci: true, full: true });
const credentials = { email: 'root@example.com', password: 'a long enough password' };

// A customer's project: an empty folder elsewhere, the packed package from the registry's point of view, the blocks
// of the pages with the customer's own compiler settings, plain Node.
describe('the package installed in a customer\'s project', () => {
  const main = join('node_modules', 'express-gatehouse', 'dist', 'src', 'main.js');
  let folder: string;
  let tarball: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-customer-'));
    tarball = await packGatehouse(folder, { declarations: hasTypes });
    await installIn(folder, tarball);

    const [school = ''] = codeBlocks('docs/guide/roles-and-rights.md', 'ts');
    const [mount = ''] = codeBlocks('docs/reference/library.md', 'ts');
    await writeFile(join(folder, 'school.ts'), school);
    await writeFile(join(folder, 'mount.ts'), mount);
    for (const file of ['lessons.ts', 'main.ts']) await copyFile(join(root, 'examples/school', file), join(folder, file));
    // app.ts and menu.ts of these are blocks, as facts.test.ts sees to.
    for (const name of ['projects', 'menu']) await cp(join(root, 'examples', name), join(folder, name), { recursive: true });
    const output = { target: 'ES2023', module: 'NodeNext', rewriteRelativeImportExtensions: true, outDir: 'out' };
    const compilerOptions = { ...output, strict: true, types: ['node'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', 'projects/*.ts', 'menu/*.ts'] }));
    await compile(folder, ...(hasTypes ? [] : onlyTranslate));

    const old = join(folder, 'old');
    await mkdir(old);
    await writeFile(join(old, 'package.json'), '{ "type": "commonjs" }');
    await writeFile(join(old, 'school.ts'), school);
    await copyFile(join(root, 'examples/school/lessons.ts'), join(old, 'lessons.ts'));
    await writeFile(join(old, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, outDir: 'out' } }));
    await compile(old, ...onlyTranslate);
    const commonJs = codeBlocks('docs/start/javascript.md', 'js').find((code) => code.includes('./school')) ?? '';
    await writeFile(join(old, 'out', 'main.js'), commonJs);
    await mkdir(join(folder, 'public'));
    await writeFile(join(folder, 'public', 'hello.txt'), 'hello');
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs a program of the project on a database and port of its own, with a superadmin, while `work` calls it. */
  async function whileRunning(program: string | readonly string[], env: Record<string, string>, work: Work): Promise<void> {
    const { uri, drop } = await createDatabase();
    const port = await freePort();
    const server = startNode([program].flat(), {
      cwd: folder,
      env: {
        PORT: String(port), LOG_LEVEL: 'warn', MONGODB_URI: uri, PASSWORD_COST: '4',
        KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
        SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password, ...env,
      },
    });
    try {
      const origin = `http://127.0.0.1:${port}`;
      await answers(`${origin}/livez`, server.output);
      await work(origin, createCaller(origin));
    } finally {
      await server.stop('SIGINT');
      await drop();
    }
  }

  it('the production start, settings complete, serves the API and its documents', () => {
    const env = { NODE_ENV: 'production', PUBLIC_URL: 'https://gate.example.com', PASSWORD_COST: '10', SMTP_URL: 'smtp://127.0.0.1:1' };
    return whileRunning(main, env, async (_origin, wanderer) => {
      for (const target of [
        'GET /readyz', 'GET /docs', 'GET /docs/swagger-ui-bundle.js', 'GET /docs/swagger-ui.css', 'GET /docs/favicon-32x32.png',
        'GET /openapi.json',
      ]) await wanderer.send(target, undefined, 200);
      const superadmin = await wanderer.logIn(credentials.email, credentials.password);
      await superadmin.send('GET /roles/load', undefined, 200);
    });
  }, 60_000);

  it('the production start, settings missing, names them all and ends with 78', async () => {
    const start = startNode([main], { cwd: folder, env: { NODE_ENV: 'production' } });
    expect(await start.ended()).toBe(78);
    for (const name of ['PUBLIC_URL', 'MONGODB_URI', 'KEY_ENCRYPTION_KEY', 'PASSWORD_PEPPER', 'SMTP_URL']) {
      expect(start.output()).toContain(`  ${name} is not set`);
    }
  }, 30_000);

  it('a host whose options are wrong and that catches nothing, prints the message without code and without a cause', async () => {
    const wrong = "import { createGatehouse } from 'express-gatehouse';\ncreateGatehouse({ conection: null });\n";
    await writeFile(join(folder, 'wrong.mjs'), wrong);
    const host = startNode(['wrong.mjs'], { cwd: folder, env: {} });
    expect(await host.ended()).toBe(1);
    expect(host.output()).toMatch(new RegExp([
      /^Error \[StartError\]: 3 options of createGatehouse are wrong:\n/, / {2}createGatehouse: has no "conection": did you mean "connection"\?\n/,
    ].map(({ source }) => source).join('')));
    expect(host.output()).not.toMatch(/^ *\^|\[cause\]/m);
  }, 30_000);

  (hasTypes ? it : it.skip)('what is packed, looked at by publint and attw, has no fault', async () => {
    const { messages } = await publint({ pack: { tarball: new Uint8Array(await readFile(tarball)).buffer }, strict: true });
    expect(messages).toEqual([]);
    const attw = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json').replace('package.json', 'dist/index.js');
    await run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-color'], folder);
  }, 60_000);

  it('what is installed, brings the peers once and nothing that only development needs', async () => {
    const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> };
    const names = Object.keys(packages);
    for (const peer of ['express', 'mongoose']) {
      expect(names.filter((name) => name.endsWith(`node_modules/${peer}`))).toEqual([`node_modules/${peer}`]);
    }
    for (const name of ['typescript', 'jest', 'tsx', 'swagger-ui-dist', '@scarf/scarf']) {
      expect(names).not.toContain(`node_modules/${name}`);
    }
    const files = await readdir(join(folder, 'node_modules', 'express-gatehouse'));
    expect(files.sort()).toEqual([
      'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md', 'dist', 'docs', 'examples', 'package.json',
    ]);
  });

  it('links of the installed pages, lead to files in node_modules', () => {
    const installed = join(folder, 'node_modules', 'express-gatehouse');
    const broken = pages.flatMap(linksOf).filter(({ file }) => file !== undefined && !existsSync(join(installed, file)));
    expect(broken).toEqual([]);
    expect(pages.filter((page) => !existsSync(join(installed, page)))).toEqual([]);
  });

  // The page in TypeScript needs the declarations. The other one needs `require` of ES modules.
  it.each([
    ...(hasTypes ? [{ ...newcomerPages.library, outputs: 1 }] : []),
    ...(process.features.require_module ? [{ ...newcomerPages.javascript, outputs: 2 }] : []),
    { ...newcomerPages.verifier, outputs: 1 },
    { ...newcomerPages.testing, outputs: 0 },
  ])('$file, followed in an empty folder, runs to its end and prints what it shows', async ({ outputs, ...page }) => {
    const place = await mkdtemp(join(tmpdir(), 'gatehouse-newcomer-'));
    const { uri, drop } = await createDatabase();
    try {
      await copyFile(tarball, join(place, basename(tarball)));
      const followed = await followNewcomerPage(page, { folder: place, uri, ports: [await freePort(), await freePort()] });
      expect(followed.outputs).toBe(outputs);
      expect(followed.commands).toBeGreaterThanOrEqual(2);
    } finally {
      await drop();
      await rm(place, { recursive: true, force: true });
    }
  }, 360_000);

  // Before 22.12 Node 22 needs the flag.
  const requiresModules = process.features.require_module ? [] : ['--experimental-require-module'];
  it('the school, compiled to CommonJS and run, gates its own URLs', () => whileRunning([
    ...requiresModules, join('old', 'out', 'main.js'),
  ], {}, async (_origin, wanderer) => {
    await wanderer.send('GET /student/load-student', undefined, 401);
    const superadmin = await wanderer.logIn(credentials.email, credentials.password);
    await superadmin.send('GET /student/load-student', undefined, 200);
  }), 60_000);

  it('the school, compiled and run, gates its own URLs', () => whileRunning(join('out', 'main.js'), {}, async (_origin, wanderer) => {
    await wanderer.send('POST /student/add-student', { name: 'Ann' }, 401);
    const superadmin = await wanderer.logIn(credentials.email, credentials.password);
    await superadmin.send('POST /student/add-student', { name: 'Ann' }, 201);
  }), 60_000);

  it('the menu, compiled and run beside it, knows who is calling by the public keys', () => whileRunning(join('out', 'main.js'), {}, async (
    origin, wanderer,
  ) => {
    const menu = startNode([join('out', 'menu', 'main.js')], { cwd: folder, env: { ISSUER: origin, PORT: '0' } });
    try {
      const [, at = ''] = await menu.printed(/listens on (http:\S+)/);
      const { body } = await wanderer.send('POST /users/login', credentials, 200);
      await createCaller(at).send('GET /items', undefined, 200);
      await createCaller(at).send('POST /items', { name: 'Soup', price: 4 }, 401);
      await createCaller(at, (body as { access_token: string }).access_token).send('POST /items', { name: 'Soup', price: 4 }, 201);
    } finally {
      expect(await menu.stop('SIGINT')).toBe(0);
    }
  }), 60_000);

  it('the projects, compiled and run, answer the session as it is told', () => whileRunning(join('out', 'projects', 'main.js'), {}, async (
    origin,
  ) => {
    const session = codeBlocks('docs/guide/projects.md', 'bash')[0]?.replace(/^BASE=.*$/m, `BASE=${origin}`) ?? '';
    const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', session], { env: { PATH: process.env['PATH'] } });
    expect(stderr).toBe('');
    expect(stdout.match(/ \d{3}$/gm)?.map(Number)).toEqual([200, 200, 200, 404, 404, 201, 200, 404, 403, 200, 200]);
    expect(stdout).toContain('{"items":[]} 200');
    expect(stdout).toContain('"notes":"Seven seats."');
    expect(stdout).toContain('"required":"POST /projects"');
    expect(stdout).toContain('"reason":"policy-denies"');
    expect(stdout).toMatch(/"actions":\["update"\],"resources":\["projects\/[0-9a-f]{24}"\]/);
  }), 60_000);

  it('the second app, compiled and run, serves files and upgrades', () => whileRunning(join('out', 'mount.js'), {}, async (
    origin, wanderer,
  ) => {
    await wanderer.send('GET /news', undefined, 200);
    for (const target of ['GET /items/7', 'GET /files/hello.txt']) await wanderer.send(target, undefined, 401);
    await wanderer.send('GET /elsewhere', undefined, 404);
    const { body } = await wanderer.send('POST /users/login', credentials, 200);
    const { access_token: token } = body as { access_token: string };
    const superadmin = createCaller(origin, token);
    expect((await superadmin.send('GET /items/7', undefined, 200)).body).toEqual({ itemId: '7', for: credentials.email });
    expect((await superadmin.send('GET /files/hello.txt', undefined, 200)).body).toBe('hello');
    await superadmin.send('GET /files/none.txt', undefined, 404);
    expect(await upgrade(`${origin}/live/feed`)).toBe(401);
    expect(await upgrade(`${origin}/live/feed`, token)).toBe(101);
  }), 60_000);
});

async function answers(url: string, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not answer: ${output()}`);
}

/** The status of the answer to an upgrade request. */
function upgrade(url: string, token?: string): Promise<number | undefined> {
  const headers = { Connection: 'Upgrade', Upgrade: 'feed', ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
  return new Promise((resolve, reject) => {
    request(url, { headers })
      .on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response.statusCode);
      })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });
}
