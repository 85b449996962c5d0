import type { NamedCheck } from '../../checks.ts';

export interface GroupsAnswer {
  readonly claims: Readonly<Record<string, unknown>>;
  /** The claims from which the mapping takes groups. */
  readonly groupClaims: readonly string[];
  /** Whether a person without a matching group may get in. */
  readonly allowsUnmatched: boolean;
}

/** Whether the provider says that the groups are to be fetched elsewhere (OpenID Connect Core section 5.6.2), as Entra does for many. */
export function hasMoreGroups({ claims, groupClaims }: Pick<GroupsAnswer, 'claims' | 'groupClaims'>): boolean {
  const names = claims['_claim_names'];
  return typeof names === 'object' && names !== null && groupClaims.some((name) => Object.hasOwn(names, name));
}

/** Somebody whose groups are not known gets in only where groups decide nothing. */
export const groupsKnown: NamedCheck<GroupsAnswer> = {
  step: 'groups',
  findMismatch: (answer) => (answer.allowsUnmatched || !hasMoreGroups(answer)
    ? null : { expected: 'the groups of the person', received: 'more groups than a token holds, to be fetched elsewhere' }),
};
