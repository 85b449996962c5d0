import { emailKeyOf, isOneOfAKind } from '../../../http/input/email-address.ts';
import type { EmailAddressStore } from './email-address.store.ts';

/** Two or more accounts of one tenant with the same address. Nobody can log in to an account whose stored form is outdated. */
export interface Collision {
  readonly tenantId: string;
  /** The form in which this version compares the address. */
  readonly address: string;
  readonly users: readonly AccountAddress[];
}

/** An account and its address, as the user wrote it. */
export interface AccountAddress {
  readonly userId: string;
  readonly email: string;
}

/** The result of a check of all accounts. */
export interface AddressReport {
  readonly seen: number;
  readonly collisions: readonly Collision[];
  /** Accounts whose address is stored in an outdated form, and nobody else has the current form. `renew` makes them usable again. */
  readonly outdated: readonly (AccountAddress & { readonly tenantId: string })[];
  /** Accounts with an address that a new user could not choose today. Their users can still log in. */
  readonly refused: readonly (AccountAddress & { readonly tenantId: string })[];
}

/**
 * Finds the accounts of all tenants whose address is stored in an outdated form.
 *
 * With `renew` it stores the current form, except for addresses that collide. It keeps only its findings in memory.
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
