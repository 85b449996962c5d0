import type { InitReport } from '../../config/init.ts';
import { createApp } from '../../src/process/app.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { connect } from '../../src/platform/database/connect.ts';
import { sharedPool } from './shared-pool.ts';
import { testSettings } from './test-settings.ts';

// A node in a process of its own that boots on the databases it is told, as src/main.ts does, and can be killed meanwhile.
// It is sent a BootOrder to connect to a database, answers 'connected', and boots on the next message, whatever that is.

/** What a test sends. */
export interface BootOrder {
  readonly uri: string;
  /** The settings that are the same on all nodes, secrets among them. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the node sends: first "connected", then "seeding", then how it went. */
export type BootNews = 'connected' | 'seeding'
  | { readonly milliseconds: number; readonly report: InitReport } | { readonly fault: string };

const tell = (news: BootNews): void => void process.send?.(news);
const nextMessage = async (): Promise<unknown> => await new Promise((resolve) => { process.once('message', resolve); });

for (;;) {
  const { uri, env } = await nextMessage() as BootOrder; // the only thing a test sends at this point
  const connection = await connect(uri);
  const gatehouse = createGatehouse({ connection, passwordPool: sharedPool, settings: testSettings(env) });
  tell('connected');
  await nextMessage();
  tell('seeding');
  try {
    const began = performance.now();
    const report = await gatehouse.init(createApp(gatehouse));
    const milliseconds = performance.now() - began;
    await gatehouse.renewSetUpToken();
    tell({ milliseconds, report });
  } catch (error) {
    tell({ fault: error instanceof Error ? error.stack ?? error.message : String(error) });
  } finally {
    await gatehouse.close();
    await connection.close();
  }
}
