import { possibleMethods } from '../../engine/urls/registered-url.ts';
import type { RegisteredUrl } from '../../engine/urls/registered-url.ts';
import { unregisteredUrls } from '../../engine/urls/policy-urls.ts';
import { methodIn, resolveRights, rightKey } from '../../engine/grants/right.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { startError } from '../../errors/errors.ts';
import type { FieldError } from '../../errors/errors.ts';
import type { RoleDeclaration } from '../../features/roles/role.types.ts';
import { didYouMean } from './near-name.ts';

/**
 * Finds rights of declared roles that do not fit the registered URLs. `field` begins with the index of the role in brackets.
 *
 * For a URL that is registered without methods, only the app shows which methods it serves: see {@link requireServedRights}.
 */
export function findRightFaults(roles: ReadonlyMap<number, RoleDeclaration>, urls: readonly RegisteredUrl[]): FieldError[] {
  const registered = new Map<string, RegisteredUrl[]>();
  for (const entry of urls) registered.set(entry.pattern.shape, [...(registered.get(entry.pattern.shape) ?? []), entry]);
  return [...roles].flatMap(([index, { rights }]) => rights.flatMap((right, place) => {
    const { url, methods } = typeof right === 'string' ? { url: right } : right;
    const entries = registered.get(rightKey({ url })) ?? [];
    const message = entries.length > 0
      ? faultIn(entries, url, methods)
      : `${url} is not registered${methodIn(url) || didYouMean(url, urls.map((each) => each.url))}`;
    return message === undefined ? [] : [{ field: `[${index}].rights[${place}]`, message }];
  }));
}

function faultIn(entries: readonly RegisteredUrl[], url: string, methods?: readonly string[]): string | undefined {
  const isServed = (method: string) => entries.some((entry) => possibleMethods(entry).some((each) => each === method));
  const unserved = methods?.filter((method) => !isServed(method)) ?? [];
  if (unserved.length > 0) return `${unserved.join(', ')} ${url} is not registered`;
  const covered = entries.filter((entry) => !methods || possibleMethods(entry).some((each) => methods.includes(each)));
  return covered.some(({ access }) => access === 'config') ? `${url} is a config URL, which only superadmins may call` : undefined;
}

/**
 * Refuses declared roles whose rights name methods that the app does not serve, or whose policies name URLs that it does not serve.
 *
 * Throws one StartError that names each of them.
 */
export function requireServedRights(roles: readonly RoleDeclaration[], registry: UrlRegistry): void {
  const faults = roles.flatMap(({ type, rights, policies = [] }) => {
    const { unregistered, config } = resolveRights(registry, rights, `roles.${type}.rights`);
    return [...unregistered, ...config, ...unregisteredUrls(registry, policies, `roles.${type}.policies`)];
  });
  const lines = faults.map(({ field, message }) => `  ${field}: ${message}`);
  if (lines.length > 0) throw startError(['Declared roles have rights or policies that they cannot have:', ...lines].join('\n'));
}
