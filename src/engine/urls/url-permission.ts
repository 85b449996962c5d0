import type { PermissionRequest } from '../policies/permission-request.ts';
import { parsePermissionTemplate } from '../policies/permission-template.ts';
import type { UrlPattern } from './url-pattern.ts';

/** The permission that a registered URL requires besides its right. */
export interface UrlPermission {
  /** As declared: `read:projects/:projectId`. */
  readonly text: string;
  /** The permission for one path. A parameter that cannot be decoded gives an invalid resource name, which no policy allows. */
  requestOf(path: string): PermissionRequest;
}

/** Parses a permission that may use parameters of the URL. Throws an Error that names a parameter that the URL does not have. */
export function parseUrlPermission(text: string, { url, segments }: UrlPattern): UrlPermission {
  const template = parsePermissionTemplate(text);
  const places = new Map(segments.flatMap((segment, index) => (segment.kind === 'param' ? [[segment.name, index] as const] : [])));
  const missing = template.parameters.find((parameter) => !places.has(parameter));
  if (missing !== undefined) throw new Error(`"${url}" names the permission "${text}", but has no parameter :${missing}.`);
  return {
    text,
    requestOf(path) {
      const given = path.split('/').slice(1);
      return template.fill((parameter) => decoded(given[places.get(parameter) ?? -1]));
    },
  };
}

function decoded(segment = ''): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
