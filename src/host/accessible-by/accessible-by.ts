import type { Aggregate, Model, PipelineStage, Query, Schema } from 'mongoose';
import type { Access } from '../../engine/access.ts';
import { nothing } from '../../engine/scope.ts';

type Narrowing = Pick<Access, 'scope'> | undefined;

/** What the plugin adds to queries: name it as the query helpers of the model, `Model<Project, AccessibleBy>`. */
export interface AccessibleBy {
  /**
   * Narrows the query to the documents on which the caller may do this; without access it finds nothing.
   *
   * The other conditions of the query stay. What `populate` brings along is not narrowed.
   */
  accessibleBy<Q>(this: Q, access: Narrowing, action: string): Q;
}

/** What the plugin adds to models: `Model<Project, AccessibleBy> & AccessibleAggregate`. */
export interface AccessibleAggregate {
  /**
   * Begins an aggregate with the documents on which the caller may do this; without access there are none.
   *
   * What `$lookup`, `$graphLookup` and `$unionWith` bring along is not narrowed: give their own pipelines
   * `{ $match: request.access.scope('read', 'tasks') }`. Stages that MongoDB wants first, such as `$geoNear`, take the scope as
   * their `query`.
   */
  aggregateAccessibleBy<T = unknown>(access: Narrowing, action: string, pipeline?: PipelineStage[]): Aggregate<T[]>;
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
  const filterOf = ({ collection }: Pick<Model<unknown>, 'collection'>, access: Narrowing, action: string) => (
    access?.scope(action, resource ?? collection.collectionName) ?? nothing);

  Object.assign(schema.query, {
    accessibleBy(this: Query<unknown, unknown>, access: Narrowing, action: string) {
      narrowed.add(this);
      // Beside the other conditions, not around them: plugins of the host may look for theirs at the top.
      const { $and = [], ...others } = this.getFilter();
      this.setQuery({ ...others, $and: [...$and, filterOf(this.model as Pick<Model<unknown>, 'collection'>, access, action)] });
      return this;
    },
  });
  Object.assign(schema.statics, {
    aggregateAccessibleBy(this: Model<unknown>, access: Narrowing, action: string, pipeline: PipelineStage[] = []) {
      return this.aggregate([{ $match: filterOf(this, access, action) }, ...pipeline]);
    },
  });

  schema.pre(['updateOne', 'updateMany', 'replaceOne', 'findOneAndUpdate', 'findOneAndReplace'], function (this: Query<unknown, unknown>) {
    if (!narrowed.has(this) || !this.getOptions().upsert) return;
    throw new Error('A query narrowed by accessibleBy is no upsert: ask for the right to create, then insert.');
  });
  schema.pre('estimatedDocumentCount', function (this: Query<unknown, unknown>) {
    if (narrowed.has(this)) throw new Error('An estimated count counts every document: use countDocuments with accessibleBy.');
  });
}
