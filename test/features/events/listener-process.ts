import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { connect, createGatehouse } from '../../../src/index.ts';
import { testSettings } from '../../support/test-settings.ts';

// A host with a named listener that writes each event into a file. It is killed. Its clock is later than that of the process before it,
// so that it need not wait until the lease of a killed process has run out.
const [uri = '', file = '', skew = '0', key = ''] = process.argv.slice(2);
const gatehouse = createGatehouse({
  connection: await connect(uri, { silence: 20_000 }), settings: testSettings({ KEY_ENCRYPTION_KEY: key }),
  clock: () => Date.now() + Number(skew),
});
gatehouse.on('user.update', async ({ target: { id }, after }) => {
  await sleep(Math.random() * 10);
  appendFileSync(file, `${id} ${String(after?.['firstName'])}\n`);
  await sleep(Math.random() * 10);
}, { name: 'ledger' });
const app = express();
app.use(gatehouse.authenticator, gatehouse.routes());
await gatehouse.init(app);
console.log('ready');
