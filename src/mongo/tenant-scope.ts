import type { Aggregate, MongooseDefaultQueryMiddleware, PipelineStage, Query, Schema } from 'mongoose';

/** The tenant of whoever needs no tenants; it exists from the first boot. */
export const defaultTenantId = 'default';

/**
 * Schema plugin of every tenant-owned collection: nothing is read or written unless it names one tenant.
 *
 * Every query, aggregate and bulk write must carry `tenantId` as a plain string on its top level; else it throws before
 * it reaches the database. Document methods (`doc.save()` of a loaded one, `doc.deleteOne()`, ...) and `$lookup`, which
 * name no tenant, are refused altogether.
 */
export function tenantScope(schema: Schema): void {
  schema.add({ tenantId: { type: String, required: true, immutable: true } });
  // Lists of one tenant are read in the order of their ids.
  schema.index({ tenantId: 1, _id: 1 });

  schema.pre(queries, function (this: Query<unknown, unknown>) {
    requireTenant(this.getFilter(), this.model.modelName);
    refuseTenantChange(this.getUpdate(), this.model.modelName);
  });
  schema.pre('estimatedDocumentCount', function () {
    throw refusal('estimatedDocumentCount counts all tenants');
  });
  schema.pre('aggregate', function (this: Aggregate<unknown>) {
    requireTenantPipeline(this.pipeline());
  });
  schema.pre('bulkWrite', function (operations) {
    // The driver's own union of operations has no common shape to read filter and update from.
    for (const operation of operations as Record<string, BulkPart>[]) requireTenantOperation(operation);
  });
  schema.pre('save', function () {
    if (!this.isNew) throw refusal('doc.save() of a loaded document filters by _id alone: use updateOne');
  });
  schema.pre(['updateOne', 'deleteOne'], { document: true, query: false }, function () {
    throw refusal('document methods filter by _id alone: use the model\'s');
  });
}

const queries: MongooseDefaultQueryMiddleware[] = [
  'countDocuments', 'deleteMany', 'deleteOne', 'distinct', 'find', 'findOne', 'findOneAndDelete',
  'findOneAndReplace', 'findOneAndUpdate', 'replaceOne', 'updateMany', 'updateOne',
];

/** Stages that read other collections, where no tenant would be named. */
const foreignStages = ['$lookup', '$graphLookup', '$unionWith', '$out', '$merge'];

interface BulkPart {
  readonly filter?: Record<string, unknown>;
  readonly update?: unknown;
  readonly replacement?: Record<string, unknown>;
  readonly document?: Record<string, unknown>;
}

function requireTenant(filter: unknown, where: string): void {
  const tenantId = (filter as Record<string, unknown> | null)?.['tenantId'];
  if (typeof tenantId !== 'string' || tenantId === '') throw refusal(`${where} was asked without a tenant`);
}

function refuseTenantChange(update: unknown, where: string): void {
  if (!update || typeof update !== 'object') return;
  if (Array.isArray(update)) throw refusal(`${where}: pipeline updates may change the tenant`);
  for (const [operator, fields] of Object.entries(update)) {
    if (operator === '$setOnInsert') continue;
    const names = operator.startsWith('$') ? Object.keys((fields ?? {}) as object) : [operator];
    if (names.includes('tenantId')) throw refusal(`${where}: an update must not change the tenant`);
  }
}

function requireTenantPipeline(pipeline: readonly PipelineStage[]): void {
  const first = pipeline[0];
  if (!first || !('$match' in first)) throw refusal('an aggregate must begin with a $match of its tenant');
  requireTenant(first.$match, 'aggregate');
  const text = JSON.stringify(pipeline);
  const foreign = foreignStages.find((stage) => text.includes(`"${stage}"`));
  if (foreign !== undefined) throw refusal(`${foreign} reads a collection without naming its tenant`);
}

function requireTenantOperation(operation: Record<string, BulkPart>): void {
  for (const [kind, part] of Object.entries(operation)) {
    if (kind === 'insertOne') requireTenant(part.document, 'bulkWrite');
    else {
      requireTenant(part.filter, 'bulkWrite');
      refuseTenantChange(part.update, 'bulkWrite');
      if (part.replacement && part.replacement['tenantId'] !== part.filter?.['tenantId']) throw refusal('bulkWrite: a replacement must keep the tenant');
    }
  }
}

function refusal(why: string): Error {
  return new Error(`Tenant scope: ${why}.`);
}
