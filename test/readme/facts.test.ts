import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newcomerPages } from '../../scripts/pages/newcomer-pages.ts';
import { createApp } from '../../src/process/app.ts';
import { AppError, toProblem } from '../../src/errors/errors.ts';
import type { Problem } from '../../src/errors/errors.ts';
import { errorTable } from '../../src/errors/table.ts';
import { exitCodes } from '../../src/process/exit-codes.ts';
import { linkKinds, mails } from '../../src/platform/mail/mails.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import {
  clientPerSource, loginPerAccount, loginPerSource, mailsPerAddress, mailsPerSource, registrationsPerSource,
} from '../../src/platform/limits/limit.policy.ts';
import { listUrls } from '../../src/engine/urls/registered-url.ts';
import { createUnconnected } from '../../src/platform/database/connect.ts';
import { passwordLength } from '../../src/platform/passwords/password.rule.ts';
import { inspectApp } from '../../src/http/census/inspect-app.ts';
import { configUrls } from '../../config/configUrls.ts';
import { metricsUrls, registeredUrls } from '../../config/registeredUrls.ts';
import { configurationShapes } from '../../src/features/sso/provider.validation.ts';
import { tenantShape } from '../../src/features/tenants/tenant.shape.ts';
import { testSettings } from '../support/test-settings.ts';
import { allPages, between, codeBlocks, pages, readPage, root } from './read-pages.ts';

const guide = (name: string) => `docs/guide/${name}.md`;
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

describe('pages', () => {
  it('error table, as written, has every code beside its status', () => {
    const byStatus = new Map<number, string[]>();
    for (const [code, { status }] of Object.entries(errorTable)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    const rows = [...byStatus].sort(([a], [b]) => a - b).map(
      ([status, codes]) => `| ${status} | ${codes.map((code) => `\`${code}\``).join(', ')} |`,
    );
    expect(between('errors')).toBe(['| Status | Codes |', '|---|---|', ...rows, ''].join('\n'));
  });

  it('problem, as shown, is the one that is sent', () => {
    const shown = JSON.parse(codeBlocks('docs/reference/errors.md', 'json')[0] ?? '') as Problem; // compared below
    expect(shown).toEqual(toProblem(new AppError('right-missing', { required: 'GET /admin/load-users' }), shown.requestId));
  });

  it('API table, as written, has every served route once beside its access class', async () => {
    const gatehouse = createGatehouse({ connection: createUnconnected(), settings: testSettings({ METRICS_TOKEN: 'x'.repeat(32) }) });
    const served = inspectApp(createApp(gatehouse), gatehouse.authenticator).afterGate
      .flatMap((each) => (each.kind === 'route' ? each.methods.flatMap((method) => each.paths.map((path) => `${method} ${path}`)) : []));
    await gatehouse.close();
    const accessOf = new Map(listUrls([registeredUrls, metricsUrls, { config: configUrls }]).map(({ url, access }) => [url, access]));
    const written = between('api').split('\n').slice(2).flatMap((row) => {
      const [urls = '', access = ''] = row.replace('| ', '').split(' | ');
      return [...urls.matchAll(/`([A-Z]+ \S+)`/g)].map(([, url = '']) => `${url} ${access}`);
    });
    expect(written.sort()).toEqual(served.map((route) => `${route} ${accessOf.get(route.split(' ')[1] ?? '') ?? 'none'}`).sort());
  });

  it('ways in, as written, are every URL and link that takes a secret, with the time that links have', () => {
    const ways = between('ways');
    const minutes = (text: string) => Number(/(\d+) (?:minute|hour)/.exec(text)?.[1]) * (text.includes('hour') ? 60 : 1);
    const links = [...ways.matchAll(/link `([\w-]+)` \|.*\| ([^|]+) \|/g)].map(
      ([, kind = '', time = '']) => [kind, minutes(time) * 60_000],
    );
    expect(Object.fromEntries(links)).toEqual(Object.fromEntries(linkKinds.map((kind) => [kind, mails[kind].link.lifetime])));
    for (const url of [
      '/users/login', '/login', '/users/refresh', '/users/set-up-superadmin', '/oauth/token', '/oauth/introspect', '/oauth/revoke',
      '/users/exchange-code', '/sso/back-channel/:providerId', '/sso/header/:providerId',
    ]) expect(ways).toContain(`\`POST ${url}\``);
    for (const url of ['/metrics', '/sso/start']) expect(ways).toContain(`\`GET ${url}\``);
  });

  it('sessions of identity providers, as written, end and are proved again by settings, fields and URLs that exist', () => {
    const page = readPage(guide('identity-providers')).replace(/\s+/g, ' ');
    const section = (title: string) => page.split(`## ${title} `)[1]?.split(' ## ')[0] ?? '';
    const [ending, proving] = [section('Logging out'), section('Prove an identity again')];
    for (const words of [
      '`SESSION_HOURS`', '`sessionHours`', '`idleHours`', 'back-channel URL', '`maxAge`', 'Disable the user, or deactivate',
    ]) expect(ending).toContain(words);
    for (const words of ['`auth_time`', '`trustedAmr`', '`trustedAcr`', 'one factor', '`maxAge`']) expect(proving).toContain(words);
    const registered = new Set(listUrls([registeredUrls, { config: configUrls }]).map(({ url }) => url));
    const named = [...`${ending} ${proving}`.matchAll(/`[A-Z]+ (\/[^`]+)`/g)].map(([, url = '']) => url);
    expect(named).toEqual(expect.arrayContaining(['/users/logout', '/profile/confirm-identity']));
    expect(named.filter((url) => !registered.has(url))).toEqual([]);
    expect(Object.keys(tenantShape.shape.settings.shape)).toEqual(expect.arrayContaining(['sessionHours', 'idleHours']));
    expect(Object.keys(configurationShapes.OIDC.shape)).toEqual(expect.arrayContaining(['maxAge', 'trustedAmr', 'trustedAcr']));
  });

  it('mail table, as written, has every kind of mail once', () => {
    const kinds = [...between('mails').matchAll(/^\| `([\w-]+)` \| \w/gm)].map(([, kind]) => kind);
    expect(kinds).toEqual(Object.keys(mails));
  });

  it('passwords and limits, as written, name what the code has', () => {
    const waysIn = readPage('docs/reference/ways-in.md').replace(/\s+/g, ' ');
    expect(waysIn).toContain(`${passwordLength.least} to ${passwordLength.most} characters`);
    expect(waysIn).toContain('user\'s names or address, the word `gatehouse` or the host of `PUBLIC_URL`');
    const guessing = waysIn.split('## Limits of guessing')[1] ?? '';
    for (const words of [
      'Ten failed logins are free for an account in 24 hours', 'in an hour', 'up to 15 minutes', 'cookie', 'five times an hour',
    ]) expect(guessing).toContain(words);
    expect([loginPerAccount, loginPerSource].map(({ quota, windowSeconds }) => [quota, windowSeconds / 3_600]))
      .toEqual([[10, 24], [10, 1]]);
    expect(readPage('docs/guide/services.md')).toContain('ten are free in an hour, then delays grow as for logins');
    expect([clientPerSource.quota, clientPerSource.windowSeconds]).toEqual([10, 3_600]);
    expect([registrationsPerSource, mailsPerSource, mailsPerAddress].map(({ quota, windowSeconds }) => [quota, windowSeconds]))
      .toEqual([[5, 3_600], [60, 3_600], [5, 3_600]]);
  });

  it('exit codes, as written, are all that exist', () => {
    expect([...between('exit-codes').matchAll(/^\| (\d\d) \|/gm)].map(([, code]) => Number(code))).toEqual(Object.values(exitCodes));
  });

  it('npm commands, as written, exist', () => {
    const named = [...allPages.matchAll(/npm run (?:-s )?([a-z-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    expect(Object.keys(scripts).filter((name) => !['start', 'test', 'prepack'].includes(name) && !named.includes(name))).toEqual([]);
  });

  it('files, as named, exist', () => {
    const named = [...allPages.matchAll(/`((?:config|src|scripts|examples)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('app of the README, in the page about JavaScript, is the same', () => {
    const [app] = codeBlocks('README.md', 'js');
    expect(codeBlocks('docs/start/javascript.md', 'js')[0]).toBe(app);
    expect(app?.split('\n').length).toBeLessThanOrEqual(40);
  });

  it('blocks of bash, on any page, are run by a test', () => {
    const session = ['README.md', 'docs/start/quickstart.md', ...['tenants', 'services', 'roles-and-rights'].map(guide)];
    const run = [...session, guide('verifier'), guide('projects'), ...Object.values(newcomerPages).map(({ file }) => file)];
    expect(pages.filter((page) => codeBlocks(page, 'bash').length > 0).sort()).toEqual(run.sort());
  });

  it('README, has about 150 lines', () => expect(readPage('README.md').split('\n').length).toBeLessThanOrEqual(160));

  it.each([
    ['examples/school/school.ts', 'docs/guide/roles-and-rights.md'], ['examples/projects/app.ts', 'docs/guide/projects.md'],
    ['examples/menu/menu.ts', 'docs/guide/verifier.md'],
  ])('%s, is a code block of %s as it stands', (file, page) => {
    expect(codeBlocks(page, 'ts')).toContain(readFileSync(join(root, file), 'utf8'));
  });
});
