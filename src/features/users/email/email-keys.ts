import { emailKeyOf, isOneOfAKind } from '../../../http/input/email-address.ts';
import type { EmailAddressStore } from './email-address.store.ts';

/** Two or more accounts of one tenant whose addresses are one: nobody can log in to those whose stored form is not the present one. */
export interface Collision {
  readonly tenantId: string;
  /** The present compared form. */
  readonly address: string;
  readonly users: readonly AccountAddress[];
}

/** An account and its address, as written. */
export interface AccountAddress {
  readonly userId: string;
  readonly email: string;
}

/** What a look through all accounts has found. */
export interface AddressReport {
  readonly seen: number;
  readonly collisions: readonly Collision[];
  /** Accounts whose address is stored in an old form that is free in the present one; they can be found again once they are renewed. */
  readonly outdated: readonly (AccountAddress & { readonly tenantId: string })[];
  /** Accounts whose address would be refused today; their users still log in with it. */
  readonly refused: readonly (AccountAddress & { readonly tenantId: string })[];
}

/**
 * Looks through the accounts of all tenants for addresses that are stored in another form than the one in which they are compared.
 *
 * With `renew` it stores the present form, but of none that collide. Holds in memory only what it finds.
 */
export type CompareAddresses = (options?: { readonly renew?: boolean }) => Promise<AddressReport>;

export interface EmailKeysDeps {
  readonly addresses: Pick<EmailAddressStore, 'eachAddress' | 'findByKey' | 'storeKey'>;
  readonly tenantIds: () => Promise<readonly string[]>;
}

/** Creates the function that compares the addresses of all accounts. */
export function createCompareAddresses({ addresses, tenantIds }: EmailKeysDeps): CompareAddresses {
  async function lookThrough(tenantId: string, renew: boolean): Promise<AddressReport> {
    let seen = 0;
    const refused: AccountAddress[] = [];
    const byKey = new Map<string, AccountAddress[]>();
    for await (const { _id: userId, email, emailKey } of addresses.eachAddress(tenantId)) {
      seen += 1;
      if (email === undefined) continue;
      if (!isOneOfAKind(email)) refused.push({ userId, email });
      const key = emailKeyOf(email);
      if (key !== emailKey) byKey.set(key, [...(byKey.get(key) ?? []), { userId, email }]);
    }
    const collisions: Collision[] = [];
    const outdated: AccountAddress[] = [];
    for (const [address, found] of byKey) {
      const holder = await addresses.findByKey(tenantId, address);
      const all = [...(holder ? [{ userId: holder._id, email: holder.email ?? '' }] : []), ...found];
      if (all.length === 1 && (!renew || await addresses.storeKey(tenantId, all[0]?.userId ?? '', address))) outdated.push(...all);
      else collisions.push({ tenantId, address, users: all });
    }
    const inTenant = (each: AccountAddress) => ({ tenantId, ...each });
    return { seen, collisions, outdated: outdated.map(inTenant), refused: refused.map(inTenant) };
  }

  return async ({ renew = false } = {}) => {
    const reports: AddressReport[] = [];
    for (const tenantId of await tenantIds()) reports.push(await lookThrough(tenantId, renew));
    return {
      seen: reports.reduce((sum, { seen }) => sum + seen, 0),
      collisions: reports.flatMap(({ collisions }) => collisions),
      outdated: reports.flatMap(({ outdated }) => outdated),
      refused: reports.flatMap(({ refused }) => refused),
    };
  };
}
