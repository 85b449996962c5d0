import type { PermissionRequest } from './permission-request.ts';
import { policyOfPermission } from './policy.ts';
import { splitResource } from './resource-pattern.ts';

/** A permission whose resource may hold parameters. */
export interface PermissionTemplate {
  /** As declared: `read:projects/:projectId`. */
  readonly text: string;
  /** Names of the parameters, each once. */
  readonly parameters: readonly string[];
  /** Fills in the parameters. A value that is not a text, or contains a slash, gives an empty part, which no policy allows. */
  fill(valueOf: (parameter: string) => unknown): PermissionRequest;
}

/** Parses `action:resource`, where parts of the resource may be parameters. Throws an Error for other text, such as globs. */
export function parsePermissionTemplate(text: string): PermissionTemplate {
  const policy = policyOfPermission(text);
  const [action, resource] = [policy?.actions[0], policy?.resources[0]];
  const parts = resource === undefined ? undefined : splitResource(resource);
  if (action === undefined || !parts) {
    throw new Error(`The permission "${text}" is not action:resource, such as read:items or read:projects/:projectId.`);
  }
  const read = parts.map((part) => ({ text: part, parameter: part.startsWith(':') ? part.slice(1) : undefined }));
  return {
    text,
    parameters: [...new Set(read.flatMap(({ parameter }) => parameter ?? []))],
    fill(valueOf) {
      const filled = read.map(({ text: literal, parameter }) => (parameter === undefined ? literal : asPart(valueOf(parameter))));
      return { action, resource: filled.join('/') };
    },
  };
}

/** A value with a slash would become two parts. */
function asPart(value: unknown): string {
  return typeof value === 'string' && !value.includes('/') ? value : '';
}
