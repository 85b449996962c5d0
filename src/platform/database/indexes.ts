import { startError } from '../../errors/errors.ts';
import { isDuplicate } from './queries/duplicate.ts';

/** The part of a Mongoose model that is needed here, for any kind of documents. */
export interface IndexedModel {
  readonly schema: { indexes(): readonly (readonly [unknown, { readonly unique?: unknown }])[] };
  readonly collection: { readonly name: string; indexes(): Promise<readonly { readonly key: unknown; readonly unique?: boolean }[]> };
  createCollection(): Promise<unknown>;
  createIndexes(): Promise<void>;
}

/**
 * Builds every declared index and checks that the unique ones exist.
 *
 * Throws a StartError that names each missing unique index. Without one, two nodes could both create the same role.
 */
export async function buildIndexes(models: readonly IndexedModel[]): Promise<void> {
  for (const model of models) {
    await model.createCollection();
    const duplicate = model.schema.indexes().length > 0 ? await duplicateIn(model.createIndexes()) : undefined;
    const missing = await missingUnique(model);
    const where = duplicate === undefined ? '' : ` There are duplicates, such as ${duplicate}.`;
    if (missing.length > 0) throw startError(
      `Unique index missing on ${model.collection.name}: ${missing.join(', ')}.${where} Remove duplicates there and start again.`,
    );
  }
}

/** The duplicate key that prevents an index, as the database reports it. It names the tenant. */
async function duplicateIn(building: Promise<void>): Promise<string | undefined> {
  try {
    await building;
    return undefined;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return 'keyValue' in error ? JSON.stringify(error.keyValue) : error.message;
  }
}

/** Names the declared unique indexes that the database does not have. */
export async function missingUnique(model: IndexedModel): Promise<string[]> {
  const declared = model.schema.indexes().filter(([, options]) => options.unique === true).map(([keys]) => JSON.stringify(keys));
  if (declared.length === 0) return [];
  const present = new Set((await model.collection.indexes()).filter((index) => index.unique === true).map(
    (index) => JSON.stringify(index.key),
  ));
  return declared.filter((keys) => !present.has(keys));
}
