import { Schema } from 'mongoose';
import type { Connection, Model, Types } from 'mongoose';
import { accessibleBy } from 'express-gatehouse';
import type { AccessibleBy } from 'express-gatehouse';

export interface Project {
  _id: Types.ObjectId;
  name: string;
  notes: string;
  restricted: boolean;
}

export type ProjectModel = Model<Project, AccessibleBy>;

/** Creates the model of projects. In its queries, `accessibleBy` selects only the projects that the caller may use. */
export function createProjectModel(connection: Connection): ProjectModel {
  const schema = new Schema<Project, ProjectModel, object, AccessibleBy>({
    name: { type: String, required: true },
    notes: { type: String, default: '' },
    restricted: { type: Boolean, default: false },
  });
  schema.plugin(accessibleBy, { resource: 'projects' });
  return connection.model<Project, ProjectModel>('Project', schema);
}
