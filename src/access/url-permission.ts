import type { PermissionRequest } from './permission-request.ts';
import { policyOfPermission } from './policy.ts';
import type { UrlPattern } from './url-pattern.ts';

/** The permission that a registered URL asks for besides its right. */
export interface UrlPermission {
  /** As declared: `read:projects/:projectId`. */
  readonly text: string;
  /** What it comes to on one path. A parameter that cannot be decoded names no resource, which nobody is allowed. */
  requestOf(path: string): PermissionRequest;
}

/** Reads a permission whose resource may hold parameters of the URL. Throws an Error that names what the URL has not. */
export function parseUrlPermission(text: string, { url, segments }: UrlPattern): UrlPermission {
  const policy = policyOfPermission(text);
  const [action, resource] = [policy?.actions[0], policy?.resources[0]];
  if (action === undefined || resource === undefined) throw new Error(`"${url}" names the permission "${text}", which is not action:resource.`);
  const parts = resource.split('/').map((part) => {
    if (!part.startsWith(':')) return part;
    const index = segments.findIndex((segment) => segment.kind === 'param' && segment.name === part.slice(1));
    if (index < 0) throw new Error(`"${url}" names the permission "${text}", but has no parameter ${part}.`);
    return index;
  });
  return {
    text,
    requestOf(path) {
      const given = path.split('/').slice(1);
      return { action, resource: parts.map((part) => (typeof part === 'string' ? part : decoded(given[part] ?? ''))).join('/') };
    },
  };
}

/** A name for a resource is one part, so a slash in it would make two. */
function decoded(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    return text.includes('/') ? '' : text;
  } catch {
    return '';
  }
}
