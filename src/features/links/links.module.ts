import type { Module } from '../../platform/module.ts';
import type { OneTimeTokens } from './one-time-token.types.ts';

/** The one-time tokens of mailed links. */
export function createLinksModule({ stores }: { readonly stores: { readonly oneTimeTokens: OneTimeTokens } }) {
  const tokens = stores.oneTimeTokens;
  return {
    name: 'links',
    routes: [],
    forgetUser: (tx, { _id }) => tokens.dropAllOf(tx, _id),
    tokens,
  } satisfies Module & Record<string, unknown>;
}
