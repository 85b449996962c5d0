import type { Aggregate, MongooseDefaultQueryMiddleware, PipelineStage, Query, Schema } from 'mongoose';

/** The only tenant of an installation that does not use tenants. It exists from the first start. */
export const defaultTenantId = 'default';

/**
 * The schema plugin of every collection with rows of tenants. Every read and write must name one tenant.
 *
 * Every query, aggregate and bulk write must have `tenantId` as a plain string on its top level. If not, it throws before it
 * reaches the database. Document methods (`doc.save()` of a loaded document, `doc.deleteOne()`, ...), `$lookup` and `watch()` are
 * refused because they name no tenant. Replacements are refused because they could lose the tenant.
 */
export function tenantScope(schema: Schema): void {
  schema.add({ tenantId: { type: String, required: true, immutable: true } });
  // Lists of one tenant are sorted by id.
  schema.index({ tenantId: 1, _id: 1 });

  schema.pre(queries, function (this: Query<unknown, unknown>) {
    requireTenant(this.getFilter(), this.model.modelName);
    refuseTenantChange(this.getUpdate(), this.model.modelName);
  });
  schema.pre(['replaceOne', 'findOneAndReplace'], function () {
    throw refusal(replaces);
  });
  schema.pre('estimatedDocumentCount', function () {
    throw refusal('estimatedDocumentCount counts all tenants');
  });
  schema.pre('aggregate', function (this: Aggregate<unknown>) {
    requireTenantPipeline(this.pipeline());
  });
  schema.pre('bulkWrite', function (operations) {
    // The driver's type is a union of operations without common fields for filter and update.
    for (const operation of operations as Record<string, BulkPart>[]) requireTenantOperation(operation);
  });
  schema.pre('save', function () {
    if (!this.isNew) throw refusal('doc.save() of a loaded document filters by _id alone: use updateOne');
    requireTenant(this, 'doc.save()');
  });
  schema.pre('insertMany', function (documents: unknown) {
    for (const document of Array.isArray(documents) ? documents : [documents]) requireTenant(document, 'insertMany');
  });
  schema.pre(['updateOne', 'deleteOne'], { document: true, query: false }, function () {
    throw refusal('document methods filter by _id alone: use the model\'s');
  });
  schema.static('watch', () => {
    throw refusal('watch() shows all tenants');
  });
}

const replaces = 'a replacement could lose the tenant: use updateOne';

const queries: MongooseDefaultQueryMiddleware[] = [
  'countDocuments', 'deleteMany', 'deleteOne', 'distinct', 'find', 'findOne', 'findOneAndDelete',
  'findOneAndReplace', 'findOneAndUpdate', 'replaceOne', 'updateMany', 'updateOne',
];

/** Stages that use other collections without naming a tenant. */
const foreignStages = ['$lookup', '$graphLookup', '$unionWith', '$out', '$merge'];

interface BulkPart {
  readonly filter?: Record<string, unknown>;
  readonly update?: unknown;
  readonly document?: Record<string, unknown>;
}

function requireTenant(filter: unknown, where: string): void {
  const tenantId = (filter as Record<string, unknown> | null)?.['tenantId'];
  if (typeof tenantId !== 'string' || tenantId === '') throw refusal(`${where} was called without a tenant`);
}

function refuseTenantChange(update: unknown, where: string): void {
  if (!update || typeof update !== 'object') return;
  if (Array.isArray(update)) throw refusal(`${where}: pipeline updates may change the tenant`);
  for (const [operator, fields] of Object.entries(update as Record<string, unknown>)) {
    const entries = operator.startsWith('$') ? Object.entries(fields ?? {}) : [[operator]];
    // The value of $rename is also the name of a field.
    if (entries.some(([name, value]) => name === 'tenantId' || (operator === '$rename' && value === 'tenantId'))) {
      throw refusal(`${where}: an update must not name the tenant`);
    }
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
      if (kind === 'replaceOne') throw refusal(replaces);
      requireTenant(part.filter, 'bulkWrite');
      refuseTenantChange(part.update, 'bulkWrite');
    }
  }
}

function refusal(why: string): Error {
  return new Error(`Tenant scope: ${why}.`);
}
