import type { Model } from 'mongoose';
import type { ClientSession } from '../session.ts';

/** Creates the function that counts the documents of a tenant, up to `most`. */
export function createCountRows<T extends { tenantId: string }>(model: Model<T>) {
  return (tenantId: string, most: number, session: ClientSession): Promise<number> => (
    model.countDocuments({ tenantId }, { session, limit: most }).exec());
}
