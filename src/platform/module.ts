import type { RouteDefinition } from '../http/route/define-route.ts';
import type { ChangeTransaction } from './changes/change.service.ts';

/** A user who is being erased. */
export interface ErasedUser {
  readonly _id: string;
  readonly tenantId: string;
  readonly email?: string;
}

/** Removes the data about a user, in the transaction that erases the user. */
export type ForgetUser = (tx: ChangeTransaction, user: ErasedUser) => Promise<void>;

/** The interface between a feature and the root. */
export interface Module {
  readonly name: string;
  /** How the API documentation introduces its routes. */
  readonly about?: { readonly title: string; readonly description: string };
  readonly routes: readonly RouteDefinition[];
  readonly forgetUser?: ForgetUser;
  /** Called before the gate opens. */
  readonly start?: () => Promise<void> | void;
  /** Called when the gate is open. */
  readonly opened?: () => void;
  /** Called before the gate closes. Work that needs an open gate ends here. */
  readonly closing?: () => Promise<void>;
  /** Called when the server stops. */
  readonly close?: () => Promise<void>;
}

/** Creates the function that removes the data about a user in all modules, in their order. It reads the list at each call. */
export function forgetUserIn(modules: () => readonly Module[]): ForgetUser {
  return async (tx, user) => {
    for (const { forgetUser } of modules()) await forgetUser?.(tx, user);
  };
}
