import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { replicaSetName } from './engines/engine.ts';

type Command = (command: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** In ms. */
const timeLimit = 30_000;

/**
 * Waits until the server on this port of 127.0.0.1 is the primary of its replica set, and resolves with the set's name.
 *
 * Forms the set if there is none. Rejects after 30 s.
 */
export async function waitForPrimary(port: number): Promise<string> {
  const address = `mongodb://127.0.0.1:${String(port)}/?directConnection=true`;
  const client = new mongoose.mongo.MongoClient(address, { serverSelectionTimeoutMS: 5_000 });
  try {
    const admin = client.db('admin');
    const command: Command = async (document) => await admin.command(document);
    const end = Date.now() + timeLimit;
    let asked = false;
    while (Date.now() < end) {
      const hello = await command({ hello: 1 });
      if (hello['isWritablePrimary'] === true) return typeof hello['setName'] === 'string' ? hello['setName'] : replicaSetName;
      if (!asked) await formSet(command, `127.0.0.1:${String(port)}`);
      asked = true;
      await sleep(50);
    }
    throw new Error(`The local database did not become the primary of its replica set within ${String(timeLimit / 1000)} s.`);
  } finally {
    await client.close();
  }
}

async function formSet(command: Command, host: string): Promise<void> {
  const members = [{ _id: 0, host }];
  try {
    await command({ replSetInitiate: { _id: replicaSetName, members } });
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoServerError) || error.codeName !== 'AlreadyInitialized') throw error;
    // The data was created under another port, and a node that is not in the set's list of members does not join the set.
    const { config } = await command({ replSetGetConfig: 1 });
    const known = config as { version: number; members: { host: string }[] }; // the documented shape of a replica set's configuration
    if (known.members[0]?.host === host) return;
    await command({ replSetReconfig: { ...known, version: known.version + 1, members }, force: true });
  }
}
