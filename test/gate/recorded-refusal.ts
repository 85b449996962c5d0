import { setTimeout as sleep } from 'node:timers/promises';
import { itemsOf } from '../support/answers.ts';
import type { RecordBody } from '../support/answers.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';

/** The refusal with these fields in the audit trail, as soon as it is written; rejects after 5 s without one. */
export async function recordedRefusal({ superadmin }: TestGatehouse, fields: Partial<RecordBody>): Promise<RecordBody> {
  for (const end = performance.now() + 5_000; performance.now() < end;) {
    const records = itemsOf(await superadmin.get('/audit/load?result=refused&limit=200', 200));
    const found = records.find((record) => Object.entries(fields).every(([name, value]) => record[name as keyof RecordBody] === value));
    if (found) return found;
    await sleep(200);
  }
  throw new Error(`No such refusal was recorded: ${JSON.stringify(fields)}`);
}
