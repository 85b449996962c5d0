import type { Query, Schema } from 'mongoose';
import type { Access } from '../access/access.ts';
import { nothing } from '../access/scope.ts';
import { scopeForSchema } from './scope-for-schema.ts';

/** What the plugin adds to queries: name it as the query helpers of the model, `Model<Project, AccessibleBy>`. */
export interface AccessibleBy {
  /**
   * Narrows the query to the documents on which the caller may do this; without access it finds nothing.
   *
   * What the query asks for already stays. It turns `strictQuery` off for the query, which would drop conditions on
   * fields that the schema does not know. What `populate` brings along is not narrowed.
   */
  accessibleBy<Q>(this: Q, access: Pick<Access, 'scope'> | undefined, action: string): Q;
}

export interface AccessibleByOptions {
  /** What policies call the documents; by default the name of their collection. */
  readonly resource?: string;
}

/**
 * Schema plugin: `Project.find({ status }).accessibleBy(request.access, 'read')`.
 *
 * For every query with a filter: find, findOne, count, distinct, update, delete and findOneAnd... A query that was
 * narrowed throws as an upsert, which could create what nobody asked about, and as an estimated count, which counts all.
 */
export function accessibleBy(schema: Schema, { resource }: AccessibleByOptions = {}): void {
  const narrowed = new WeakSet<object>();

  Object.assign(schema.query, {
    accessibleBy(this: Query<unknown, unknown>, access: Pick<Access, 'scope'> | undefined, action: string) {
      narrowed.add(this);
      const filter = access ? scopeForSchema(this.model.schema, access.scope(action, resource ?? this.model.collection.collectionName)) : nothing;
      // Beside the other conditions, not around them: plugins of the host may look for theirs at the top.
      const { $and = [], ...others } = this.getFilter();
      this.setQuery({ ...others, $and: [...$and, filter] });
      return this.setOptions({ strictQuery: false });
    },
  });

  schema.pre(['updateOne', 'updateMany', 'replaceOne', 'findOneAndUpdate', 'findOneAndReplace'], function (this: Query<unknown, unknown>) {
    if (narrowed.has(this) && this.getOptions().upsert) throw new Error('A query narrowed by accessibleBy is no upsert: ask for the right to create, then insert.');
  });
  schema.pre('estimatedDocumentCount', function (this: Query<unknown, unknown>) {
    if (narrowed.has(this)) throw new Error('An estimated count counts every document: use countDocuments with accessibleBy.');
  });
}
