import { configUrls } from '../../config/configUrls.ts';
import { registeredUrls } from '../../config/registeredUrls.ts';
import { listUrls, possibleMethods } from '../../src/engine/urls/registered-url.ts';
import type { UrlDeclaration } from '../../src/engine/urls/registered-url.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { watchCommands } from '../support/watch-commands.ts';
import { loadEndpoints, pathOf } from './registered.ts';

/** One URL of this test, so that the walk is never empty. It needs a login of the last 600 s, as those of config/ do. */
const urls: UrlDeclaration = { auth: { '/host/': [{ name: 'recent', methods: ['GET', 'POST'], recentLogin: 600 }] } };
const needing = listUrls([registeredUrls, { config: configUrls }, urls]).filter(({ recentLogin }) => recentLogin !== undefined);

let skew = 0;
let runs = 0;
const gatehouse = await startGatehouse({
  urls, monitorCommands: true, clock: () => Date.now() + skew,
  settings: testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' }),
  host: (app) => void app.route('/host/recent').get((_request, response) => void response.json(runs += 1))
    .post((_request, response) => void response.json(runs += 1)),
});
const { superadmin, origin } = gatehouse;
const commands = watchCommands(gatehouse.connection);
// Every node notes these from time to time, whatever it is asked.
const ofNoRequest = /^find signingKeys|^find tenants/;
const writes = /^(?:insert|update|delete|findAndModify|bulkWrite|commitTransaction) /;

async function call(method: string, path: string) {
  const response = await fetch(origin + path, {
    method, headers: { 'Authorization': `Bearer ${superadmin.token ?? ''}`, 'Content-Type': 'application/json' },
    ...(!['GET', 'DELETE'].includes(method) && { body: '{}' }),
  });
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() };
}

describe('every URL that needs a recent login', () => {
  it('with a session of a superadmin 601 s after the login, is 401, and nothing is written', async () => {
    // Methods that a URL does not name are those that are served.
    const served = await loadEndpoints(superadmin);
    const endpoints = needing.flatMap((entry) => possibleMethods(entry)
      .filter((method) => served.some((each) => each.method === method && each.url === entry.url))
      .map((method) => ({ method, url: entry.url, seconds: entry.recentLogin ?? 0 })));
    expect(new Set(endpoints.map(({ url }) => url))).toEqual(new Set(needing.map(({ url }) => url)));
    expect(endpoints.length).toBeGreaterThan(1);
    for (const { method, url, seconds } of endpoints) {
      skew = (seconds + 1) * 1_000;
      let answer: Awaited<ReturnType<typeof call>> | undefined;
      const sent = await commands.during(async () => { answer = await call(method, pathOf(url)); });
      expect({ method, url, ...answer }).toMatchObject({
        method, url, status: 401, body: { code: 'recent-login-required' },
        challenge: `Bearer error="insufficient_user_authentication", acr_values="1", max_age=${seconds}`,
      });
      expect({ method, url, written: sent.filter((command) => writes.test(command) && !ofNoRequest.test(command)) })
        .toEqual({ method, url, written: [] });
    }
    expect(runs).toBe(0);
  });

  it('with a session 400 s after the login, runs', async () => {
    skew = 400_000;
    expect(await call('POST', '/host/recent')).toMatchObject({ status: 200, body: 1 });
  });
});
