import { Schema } from 'mongoose';
import type { Model } from 'mongoose';
import { createTenantLocations, locationLifetime } from '../../../../src/platform/database/tenancy/tenant-locations.ts';
import { createUnconnected } from '../../../../src/platform/database/connect.ts';
import { routeByTenant } from '../../../../src/platform/database/tenancy/tenant-routed-model.ts';

interface Row { _id: string; tenantId: string }

const shared = createUnconnected().model<Row>('Row', new Schema<Row>({ _id: String, tenantId: String }));

/** A routed model that reaches no database: each call answers whose model it was done on, and with what. */
function routed(): Model<Row> {
  const fake = (tenantId: string) => new Proxy({}, { get: (_target, name) => (...args: unknown[]) => ({ tenantId, name, args }) });
  return routeByTenant(shared, (tenantId) => fake(tenantId) as Model<Row>);
}

describe('a routed model', () => {
  it('each call, is done on the model of the tenant that it names, with what it was given', () => {
    const model = routed();
    const filter = { tenantId: 'acme', _id: '1' };
    const row = { _id: '1', tenantId: 'acme' };
    const calls: readonly [string, unknown[]][] = [
      ['find', [filter]], ['findOne', [filter, { _id: 1 }]], ['exists', [filter]], ['countDocuments', [filter]],
      ['updateOne', [filter, { $set: {} }]], ['updateMany', [filter, {}]],
      ['deleteOne', [filter]], ['deleteMany', [filter]], ['findOneAndUpdate', [filter, {}]], ['findOneAndDelete', [filter]],
      ['distinct', ['_id', filter]],
      ['create', [[row], {}]], ['insertMany', [[row, row]]], ['aggregate', [[{ $match: filter }]]],
      ['bulkWrite', [[{ insertOne: { document: row } }, { updateOne: { filter, update: {} } }]]],
    ];
    for (const [name, args] of calls) {
      const method = (model as unknown as Record<string, (...given: unknown[]) => unknown>)[name];
      expect(method?.(...args)).toEqual({ tenantId: 'acme', name, args });
    }
  });

  it.each([
    ['find', [{}]], ['find', []], ['findOne', [{ tenantId: { $in: ['a', 'b'] } }]], ['distinct', ['_id']], ['create', [[]]],
    ['insertMany', [[{ _id: '1' }]]],
    ['aggregate', [[{ $group: {} }]]], [
      'bulkWrite', [[{ insertOne: { document: { tenantId: 'a' } } }, { deleteOne: { filter: { tenantId: 'b' } } }]],
    ], ['updateOne', [{ tenantId: '' }]],
  ] as [string, unknown[]][])('%s of %j, which names no one tenant, is refused', (name, args) => {
    const method = (routed() as unknown as Record<string, (...given: unknown[]) => unknown>)[name];
    expect(() => method?.(...args)).toThrow('was called without a tenant');
  });

  it.each([
    'findById', 'watch', 'estimatedDocumentCount', 'hydrate', 'where', 'replaceOne', 'constructor',
  ])('%s, which is not known to name a tenant, is refused', (name) => {
    expect(() => (routed() as unknown as Record<string, unknown>)[name]).toThrow('is not known to name a tenant');
  });

  it('what tells about the model, is that of the shared one', () => {
    const model = routed();
    expect([model.modelName, model.schema, model.collection.name]).toEqual(['Row', shared.schema, 'rows']);
  });
});

describe('where tenants are kept', () => {
  it('what was read, counts for ten seconds, and what was not is not known', () => {
    let now = 0;
    const tenantLocations = createTenantLocations(() => now);
    tenantLocations.record('acme', 'database');
    tenantLocations.record('globex', 'shared');
    now = locationLifetime;
    expect([tenantLocations.of('acme'), tenantLocations.of('globex'), tenantLocations.isKnown('initech')])
      .toEqual(['database', 'shared', false]);
    now += 1;
    for (const tenantId of ['acme', 'globex', 'initech']) {
      expect(() => tenantLocations.of(tenantId)).toThrow(expect.objectContaining({ code: 'not-ready' }) as Error);
    }
  });

  it('what was read over five seconds ago, still counts for requests that have begun, and not for one that begins', () => {
    let now = 0;
    const tenantLocations = createTenantLocations(() => now);
    tenantLocations.record('acme', 'database');
    now = locationLifetime / 2;
    expect(tenantLocations.isKnown('acme')).toBe(true);
    now += 1;
    expect([tenantLocations.isKnown('acme'), tenantLocations.of('acme')]).toEqual([false, 'database']);
  });

  it('a tenant that is being moved, is nowhere until it was read again', () => {
    const tenantLocations = createTenantLocations(() => 0);
    tenantLocations.record('acme', 'shared');
    tenantLocations.record('acme', 'moving');
    expect(tenantLocations.isKnown('acme')).toBe(false);
    expect(() => tenantLocations.of('acme')).toThrow(expect.objectContaining({ code: 'tenant-moving' }) as Error);
    tenantLocations.record('acme', 'database');
    expect(tenantLocations.of('acme')).toBe('database');
  });

  it('the default tenant and nobody\'s, are in the shared database without being read', () => {
    expect(['default', 'none'].map(createTenantLocations(() => 0).of)).toEqual(['shared', 'shared']);
  });
});
