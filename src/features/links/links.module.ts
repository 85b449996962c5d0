import type { Model } from 'mongoose';
import type { Module } from '../../platform/module.ts';
import type { OneTimeTokenRecord } from './one-time-token.model.ts';
import { createOneTimeTokens } from './one-time-token.service.ts';

/** The one-time tokens of mailed links. */
export function createLinksModule({ records }: { readonly records: Model<OneTimeTokenRecord> }) {
  const tokens = createOneTimeTokens(records);
  return {
    name: 'links',
    routes: [],
    forgetUser: (tx, { _id }) => tokens.dropAllOf(tx, _id),
    tokens,
  } satisfies Module & Record<string, unknown>;
}
