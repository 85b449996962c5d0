import type { Aggregate, Model, PipelineStage, Query, Schema } from 'mongoose';
import type { Access } from '../../engine/access.ts';
import { nothing } from '../../engine/scope.ts';

type Narrowing = Pick<Access, 'scope'> | undefined;

/** The method that the plugin adds to queries. Use it as the query helpers of the schema. */
export interface AccessibleBy {
  /**
   * Restricts the query to the documents on which the caller may do this. Without `access` it finds nothing.
   *
   * The other conditions of the query stay. Documents that `populate` loads are not restricted.
   */
  accessibleBy<Q>(this: Q, access: Narrowing, action: string): Q;
}

/** The method that the plugin adds to models. */
export interface AccessibleAggregate {
  /**
   * Begins an aggregate with the documents on which the caller may do this. Without `access` there are none.
   *
   * Documents that `$lookup`, `$graphLookup` and `$unionWith` load are not restricted: add
   * `{ $match: request.access.scope('read', 'tasks') }` to their pipelines. For stages that must be the first, such as `$geoNear`,
   * use the scope as their `query`.
   */
  aggregateAccessibleBy<T = unknown>(access: Narrowing, action: string, pipeline?: PipelineStage[]): Aggregate<T[]>;
}

/**
 * A model with the plugin. `Methods` are the methods of its documents.
 *
 * @example
 * const schema = new Schema<Project, AccessibleModel<Project>, object, AccessibleBy>({ name: String }).plugin(accessibleBy);
 * const Projects = mongoose.model<Project, AccessibleModel<Project>>('Project', schema);
 */
export type AccessibleModel<T, Methods = object> = Model<T, AccessibleBy, Methods> & AccessibleAggregate;

export interface AccessibleByOptions {
  /** The resource name of the documents in policies; by default the name of their collection. */
  readonly resource?: string;
}

/**
 * A schema plugin that restricts queries: `Project.find({ status }).accessibleBy(request.access, 'read')`.
 *
 * It works for every query with a filter: find, findOne, count, distinct, update, delete and findOneAnd... A restricted query
 * throws if it is an upsert, which could create a document without a check, or an estimated count, which counts all documents.
 */
export function accessibleBy(schema: Schema, { resource }: AccessibleByOptions = {}): void {
  const narrowed = new WeakSet<object>();
  const filterOf = ({ collection }: Pick<Model<unknown>, 'collection'>, access: Narrowing, action: string) => (
    access?.scope(action, resource ?? collection.collectionName) ?? nothing);

  Object.assign(schema.query, {
    accessibleBy(this: Query<unknown, unknown>, access: Narrowing, action: string) {
      narrowed.add(this);
      // Leave the other conditions at the top level, because plugins of the host may look for them there.
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
    throw new Error('A query with accessibleBy cannot be an upsert: check the permission to create, then insert.');
  });
  schema.pre('estimatedDocumentCount', function (this: Query<unknown, unknown>) {
    if (narrowed.has(this)) throw new Error('An estimated count counts every document: use countDocuments with accessibleBy.');
  });
}
