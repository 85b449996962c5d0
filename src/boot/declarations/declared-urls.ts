import { z } from 'zod';
import { listUrls } from '../../engine/urls/registered-url.ts';
import type { RegisteredUrl, UrlDeclaration } from '../../engine/urls/registered-url.ts';
import type { FieldError } from '../../errors/errors.ts';
import { flag, listOf, methodList, strictObject, text } from './strict-object.ts';

/** More URLs than any deployment has. */
const maxUrls = 100_000;

const entry = strictObject({
  name: text,
  methods: methodList.optional(),
  external: flag.optional(),
  permission: text.optional(),
  tenantAdmin: flag.optional(),
  recentLogin: z.int('must be a whole number of seconds').min(1, 'must be at least one second').optional(),
}, 'must be a name, or an object with a name');

const byRootForm = 'must be lists of URLs by their root, such as { "/items/": ["load"] }';
const byRoot = z.record(
  z.string().startsWith('/'),
  listOf(z.preprocess((value) => (typeof value === 'string' ? { name: value } : value), entry), maxUrls),
  { error: ({ code }) => (code === 'invalid_key' ? 'must begin with /' : byRootForm) },
).optional();

/** The form of the URLs that a deployment declares. */
export const urlsShape = strictObject({ simple: byRoot, auth: byRoot, config: byRoot });

export interface ReadUrls {
  readonly urls: readonly RegisteredUrl[];
  /** One fault for each URL that cannot be registered. */
  readonly faults: readonly FieldError[];
}

/** Reads the URLs of a declaration that has this form. */
export function readUrls(declaration: UrlDeclaration): ReadUrls {
  const urls: RegisteredUrl[] = [];
  const faults: FieldError[] = [];
  for (const access of ['simple', 'auth', 'config'] as const) {
    for (const [root, names] of Object.entries(declaration[access] ?? {})) {
      for (const [index, name] of names.entries()) {
        const read = readUrl({ [access]: { [root]: [name] } });
        if (typeof read === 'string') faults.push({ field: `urls.${access}[${JSON.stringify(root)}][${index}]`, message: read });
        else urls.push(...read);
      }
    }
  }
  return { urls, faults };
}

function readUrl(declaration: UrlDeclaration): readonly RegisteredUrl[] | string {
  try {
    return listUrls([declaration]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
