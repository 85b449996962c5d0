import { Schema } from 'mongoose';
import type { Connection, Model, Types } from 'mongoose';
import { accessibleBy } from 'gatehouse';
import type { AccessibleBy } from 'gatehouse';

export interface Project {
  _id: Types.ObjectId;
  name: string;
  notes: string;
  restricted: boolean;
}

export type ProjectModel = Model<Project, AccessibleBy>;

/** Projects, in queries of which `accessibleBy` leaves only those on which somebody may act. */
export function createProjectModel(connection: Connection): ProjectModel {
  const schema = new Schema<Project, ProjectModel, object, AccessibleBy>({
    name: { type: String, required: true },
    notes: { type: String, default: '' },
    restricted: { type: Boolean, default: false },
  });
  schema.plugin(accessibleBy, { resource: 'projects' });
  return connection.model<Project, ProjectModel>('Project', schema);
}
