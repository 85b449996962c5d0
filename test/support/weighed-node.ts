import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import express from 'express';
import { listen } from '../../scripts/bench/serve.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { connect } from '../../src/platform/database/connect.ts';
import { gatedUrl } from './gated-url.ts';
import { testSettings } from './test-settings.ts';

// A server in a process of its own, with one gated URL of a host, that tells what it weighs. It is sent a WeighedOrder, answers { origin },
// and then each message with its Weight.

/** Settings with which tokens can be signed. */
export interface NodeEnv extends Readonly<Record<string, string>> {
  readonly KEY_ENCRYPTION_KEY: string;
  readonly PUBLIC_URL: string;
}

export interface WeighedOrder {
  readonly uri: string;
  readonly env: NodeEnv;
}

/** Bytes, after all that nobody holds was collected. */
export interface Weight {
  readonly heap: number;
  readonly rss: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // what the flag puts there

process.once('message', (order) => {
  void start(order as WeighedOrder); // the only thing a test sends first
});

async function start({ uri, env }: WeighedOrder): Promise<void> {
  const gatehouse = createGatehouse(
    { connection: await connect(uri), settings: testSettings(env), urls: { auth: { '/host/': ['gated'] } } },
  );
  const app = express();
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  app.get(gatedUrl, (_request, response) => void response.json({}));
  app.use(gatehouse.errorHandler);
  await gatehouse.init(app);
  process.send?.({ origin: await listen(app) });
  process.on('message', () => {
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    process.send?.({ heap: heapUsed, rss } satisfies Weight);
  });
}
