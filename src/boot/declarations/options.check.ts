import type { z } from 'zod';
import type { RegisteredUrl, UrlDeclaration } from '../../engine/urls/registered-url.ts';
import { attributeName } from '../../engine/policies/subject-attributes.ts';
import { startError } from '../../errors/errors.ts';
import type { FieldError } from '../../errors/errors.ts';
import { findPermissionFaults } from '../../features/policies/declared-permissions.ts';
import type { PermissionDeclaration } from '../../features/policies/policies.types.ts';
import type { RoleDeclaration } from '../../features/roles/role.types.ts';
import { findRoleFaults, roleDeclarationShape } from './declared-roles.ts';
import { findRightFaults } from './declared-rights.ts';
import { readUrls, urlsShape } from './declared-urls.ts';
import { settingsShape } from './settings.shape.ts';
import { flag, listOf, nameUnknown, strictObject, text, withFunctions } from './strict-object.ts';

const permissionShape = strictObject({ permission: text, description: text });
const prefixForm = 'use up to 32 letters, digits, _ and -, and begin with a letter';
const attributeForm = 'must be 1 to 64 letters, digits, _ and -, and begin with a letter or _';
const handlerNames = listOf(text.min(1, 'must not be empty'), 1_000).optional();

/** The form of every option of `createGatehouse`. */
export const optionShapes = {
  connection: withFunctions(['startSession', 'useDb', 'model'], 'a Mongoose connection, for example from connect()'),
  prefix: text.regex(/^([a-z][\w-]{0,31})?$/i, `is not a valid prefix of collections: ${prefixForm}`).optional(),
  settings: settingsShape,
  urls: urlsShape.optional(),
  roles: listOf(roleDeclarationShape, 1_000).optional(),
  permissions: listOf(permissionShape, 10_000).optional(),
  attributes: listOf(text.regex(attributeName, attributeForm), 100).optional(),
  beforeGate: handlerNames,
  afterGate: handlerNames,
  users: withFunctions(['validateUser'], 'an object with the function validateUser').optional(),
  mail: withFunctions(['send'], 'an object with the function send').optional(),
  answerMongooseErrors: flag.optional(),
  mailTexts: withFunctions(['call'], 'a function that answers { subject, text, html? }').optional(),
  peers: withFunctions(['tell', 'onTold'], 'an object with the functions tell and onTold').optional(),
  passwordPool: withFunctions(['run', 'hold', 'rate', 'load', 'close'], 'a pool from createPasswordPool').optional(),
  logger: withFunctions(['info', 'warn', 'error', 'isLevelEnabled'], 'a pino logger').optional(),
  clock: withFunctions(['call'], 'a function that answers ms since 1970').optional(),
};

/** The declarations in config/. The options add to them. */
export interface OwnDeclarations {
  readonly urls: readonly RegisteredUrl[];
  readonly roles: readonly RoleDeclaration[];
  readonly permissions: readonly PermissionDeclaration[];
  readonly attributes: readonly string[];
}

/**
 * Checks the options of `createGatehouse` at run time, by the rules for requests. They may come from JavaScript or from a file.
 *
 * Throws one StartError that names every fault: unknown options, wrong forms, roles that cannot be seeded. The census later
 * compares the URLs with the routes of the app.
 */
export function checkOptions(options: unknown, own: OwnDeclarations): void {
  const given = (typeof options === 'object' ? options ?? {} : {}) as Readonly<Record<string, unknown>>; // it is an object here
  const names = Object.keys(optionShapes);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const faults = [
    ...unknown.map((name) => ({ field: 'createGatehouse', message: nameUnknown([name], names) })),
    ...Object.entries(optionShapes).flatMap(([name, shape]) => formFaults(name, shape.safeParse(given[name]).error)),
    ...findDeclarationFaults(given, own),
    ...(hasMail(given) ? [] : [{ field: 'mail', message: 'Production needs a way to send mail: SMTP_URL, or this option' }]),
  ];
  if (faults.length > 0) throw startError(describeFaults(faults));
}

function hasMail({ mail, settings }: Readonly<Record<string, unknown>>): boolean {
  const read = settingsShape.safeParse(settings);
  return !read.success || !read.data.production || read.data.mail.smtpUrl !== null || mail !== undefined;
}

/** The faults as lines for a terminal. */
function describeFaults(faults: readonly FieldError[]): string {
  const title = faults.length === 1 ? '1 option of createGatehouse is wrong:' : `${faults.length} options of createGatehouse are wrong:`;
  return [title, ...faults.map(({ field, message }) => `  ${field}: ${message}`)].join('\n');
}

function formFaults(name: string, error: z.ZodError | undefined): FieldError[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ field: fieldOf(name, path), message }));
}

function fieldOf(name: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, part) => {
    if (typeof part === 'number') return `${field}[${part}]`;
    return /^\w+$/.test(String(part)) ? `${field}.${String(part)}` : `${field}[${JSON.stringify(String(part))}]`;
  }, name);
}

/** Finds the faults of declarations that depend on each other. Declarations of a wrong form are reported elsewhere and left out here. */
function findDeclarationFaults(given: Readonly<Record<string, unknown>>, own: OwnDeclarations): FieldError[] {
  const roles = wellFormed<RoleDeclaration>(given['roles'], roleDeclarationShape);
  const ownRoles = new Map(own.roles.entries());
  const permissions = [...own.permissions, ...wellFormed<PermissionDeclaration>(given['permissions'], permissionShape).values()];
  const attributes = wellFormed<string>(given['attributes'], text);
  const haveForm = urlsShape.optional().safeParse(given['urls']).success;
  const { urls, faults } = readUrls(haveForm ? given['urls'] as UrlDeclaration | undefined ?? {} : {}); // it has the form
  // The URLs of a faulty declaration are unknown, so rights are checked only if all declarations of URLs are good.
  const registered = haveForm && faults.length === 0 ? [...own.urls, ...urls] : null;
  const surroundings = {
    types: new Set([...own.roles.map(({ type }) => type), ...typesIn(given['roles'])]),
    permissions: permissions.map(({ permission }) => permission),
    attributes: [...own.attributes, ...attributes.values()],
  };
  const ofRoles = [
    ['config/roles.ts', ownRoles, findRoleFaults(ownRoles, { ...surroundings, builtIn: [] })] as const,
    ['roles', roles, findRoleFaults(roles, { ...surroundings, builtIn: own.roles })] as const,
  ];
  return [
    ...faults,
    ...[...attributes].filter(([index, name]) => [...attributes.values()].indexOf(name) < index)
      .map(([index, name]) => ({ field: `attributes[${index}]`, message: `"${name}" is declared twice` })),
    ...findPermissionFaults(permissions).map(({ message }) => ({ field: 'permissions', message })),
    ...ofRoles.flatMap(([where, declared, found]) => [...found, ...(registered ? findRightFaults(declared, registered) : [])]
      .map(({ field, message }) => ({ field: where + field, message }))),
  ];
}

/** The items of a list that have the form, by their place in it. */
function wellFormed<T>(list: unknown, shape: z.ZodType): ReadonlyMap<number, T> {
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return new Map([...items.entries()].filter(([, item]) => shape.safeParse(item).success) as [number, T][]); // the shape describes T
}

function typesIn(roles: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(roles) ? roles : [];
  const named = strictObject({ type: text }).loose();
  return items.flatMap((item) => named.safeParse(item).data?.type ?? []);
}
