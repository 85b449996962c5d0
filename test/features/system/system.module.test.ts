import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemModule } from '../../../src/features/system/system.module.ts';
import type { RequestFacts } from '../../../src/http/route/define-route.ts';
import type { Connection } from '../../../src/platform/database/connection.ts';
import { createDatabaseWatchdog } from '../../../src/platform/database/watchdog.ts';

const never = () => new Promise<never>(() => undefined);

describe('the published keys', () => {
  it('while the database has been silent for some time, are those of the last read', async () => {
    const connection = { db: { admin: () => ({ ping: never }) } } as unknown as Connection; // all that the watchdog reads
    const watchdog = createDatabaseWatchdog(connection, 300);
    const noticed = expect(watchdog.check()).rejects.toMatchObject({ code: 'database-unreachable' });
    const keys = [{ kid: 'one' }];
    const { routes } = createSystemModule({ appName: 'Gatehouse',
      isReady: never, openApi: () => ({}), keys: { refresh: never, jwks: () => ({ keys }) }, metrics: null,
    });
    const route = routes.find(({ url }) => url === '/.well-known/jwks.json');
    // The watchdog notices the outage 100 ms after it begins to look at the request, if not before.
    await sleep(200);
    const answer = route?.run({ params: {}, query: {}, body: {} }, null, {} as RequestFacts, () => undefined); // which it does not read
    expect(await watchdog.watched(answer ?? never())).toEqual({ keys });
    await noticed;
  });
});
