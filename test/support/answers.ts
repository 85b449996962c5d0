import type { Answer } from './client/client.ts';
import type { AnswerAt } from './client/routes.ts';

export type RoleBody = AnswerAt<'POST', '/roles/create', 201>;
export type UserBody = AnswerAt<'POST', '/admin/create-user', 201>;
export type RecordBody = AnswerAt<'GET', '/audit/load', 200>['items'][number];
export type RightBody = RoleBody['rights'][number];

export const bodyOf = <Body>({ body }: Answer<Body>): Body => body;
export const itemsOf = <Item>({ body }: Answer<{ readonly items: readonly Item[] }>): readonly Item[] => body.items;
export const cursorOf = ({ body }: Answer<{ readonly nextCursor: string | null }>): string | null => body.nextCursor;

/** The code of a problem; undefined where the answer is none. */
export function codeOf({ body }: Answer): string | undefined {
  return (body as { readonly code?: string }).code; // as every problem has it
}

/** The URLs of a role as they are written, with the methods of those that name any. */
export function writtenRights({ rights }: Pick<RoleBody, 'rights'>): string[] {
  return rights.map(({ methods, url }) => (methods ? `${methods.join(',')} ${url}` : url));
}
