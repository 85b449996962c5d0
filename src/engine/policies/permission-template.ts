import type { PermissionRequest } from './permission-request.ts';
import { policyOfPermission } from './policy.ts';
import { splitResource } from './resource-pattern.ts';

/** A permission whose resource may hold parameters. */
export interface PermissionTemplate {
  /** As declared: `read:projects/:projectId`. */
  readonly text: string;
  /** Names of the parameters, each once. */
  readonly parameters: readonly string[];
  /** What it comes to with the values of the parameters. One that is no text, or no single part, names no resource, which nobody is allowed. */
  fill(valueOf: (parameter: string) => unknown): PermissionRequest;
}

/** Reads `action:resource`, where parts of the resource may be parameters. Throws an Error for anything else, globs included. */
export function parsePermissionTemplate(text: string): PermissionTemplate {
  const policy = policyOfPermission(text);
  const [action, resource] = [policy?.actions[0], policy?.resources[0]];
  const parts = resource === undefined ? undefined : splitResource(resource);
  if (action === undefined || !parts) throw new Error(`The permission "${text}" is not action:resource, such as read:items or read:projects/:projectId.`);
  const read = parts.map((part) => ({ text: part, parameter: part.startsWith(':') ? part.slice(1) : undefined }));
  return {
    text,
    parameters: [...new Set(read.flatMap(({ parameter }) => parameter ?? []))],
    fill: (valueOf) => ({ action, resource: read.map((part) => (part.parameter === undefined ? part.text : asPart(valueOf(part.parameter)))).join('/') }),
  };
}

/** A slash in it would make two parts of one. */
function asPart(value: unknown): string {
  return typeof value === 'string' && !value.includes('/') ? value : '';
}
