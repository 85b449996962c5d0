import type { Answer } from './client.ts';

// The casts below rest on client.ts, which held each answer against /openapi.json before it was handed out.

export interface RightBody {
  readonly name: string;
  readonly path: string;
  readonly url: string;
  readonly methods?: readonly string[];
  readonly access: string;
  readonly stale?: boolean;
}

export interface RoleBody {
  readonly roleId: string;
  readonly type: string;
  readonly rights: readonly RightBody[];
  readonly version: number;
}

export interface UserBody {
  readonly userId: string;
  readonly email?: string;
  readonly roles: readonly string[];
  readonly isActive: boolean;
  readonly version: number;
}

export interface RecordBody {
  readonly recordId: string;
  readonly at: string;
  readonly action: string;
  readonly result: string;
  readonly code?: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly requestId: string | null;
  readonly url?: string;
  readonly count: number;
}

export interface SessionBody {
  readonly sessionId: string;
  readonly userId: string;
}

export const roleOf = (answer: Answer) => answer.body as RoleBody;
export const userOf = (answer: Answer) => answer.body as UserBody;
export const rolesOf = (answer: Answer) => (answer.body as { items: RoleBody[] }).items;
export const usersOf = (answer: Answer) => (answer.body as { items: UserBody[] }).items;
export const recordsOf = (answer: Answer) => (answer.body as { items: RecordBody[] }).items;
export const sessionsOf = (answer: Answer) => (answer.body as { items: SessionBody[] }).items;
export const cursorOf = (answer: Answer) => (answer.body as { nextCursor: string | null }).nextCursor;
export const codeOf = (answer: Answer) => (answer.body as { code?: string }).code;

/** The URLs of a role as they are written, with the methods of those that name any. */
export function writtenRights(role: RoleBody): string[] {
  return role.rights.map(({ methods, url }) => (methods ? `${methods.join(',')} ${url}` : url));
}
