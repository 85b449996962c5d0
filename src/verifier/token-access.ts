import { createAccess } from '../engine/access.ts';
import type { Access } from '../engine/access.ts';
import type { Caller } from '../engine/caller.ts';
import type { DecisionContext } from '../engine/policies/decision-context.types.ts';
import { explain } from '../engine/explain.ts';
import { grantSetOf } from '../engine/grants/grant.ts';
import type { Grant } from '../engine/grants/grant.ts';
import { grantsFromClaims } from '../engine/grants/token-grants.ts';
import { compileGrants } from '../engine/grants/compiled-grants.ts';
import { createUrlRegistry } from '../engine/urls/url-registry.ts';
import { AppError } from '../errors/errors.ts';
import { createStoredAs } from '../engine/resources/stored-as.ts';
import type { BsonClasses } from '../engine/resources/text-order.ts';
import { loginFromClaims } from '../tokens/access-claims.ts';
import type { AccessClaims } from '../tokens/access-claims.ts';

/** The facts of a request besides its token. */
export type RequestContextFacts = Pick<DecisionContext, 'now' | 'ip'>;

/** Creates the access of the subject of a token. `facts` is called for each decision. Throws `grants-not-in-token`. */
export type AccessOfClaims = (claims: AccessClaims, facts: () => RequestContextFacts) => Access;

interface Subject {
  readonly caller: Caller;
  readonly granted: readonly Grant[];
}

// A token contains no rights to URLs, so the registry is empty.
const registry = createUrlRegistry([]);

/** Creates the function that builds the access from the claims of a verified token. The grants of a token are compiled once. */
export function createAccessOfClaims(bson?: BsonClasses): AccessOfClaims {
  const stored = createStoredAs(bson ?? noClasses);
  const subjects = new WeakMap<AccessClaims, Subject>();

  function subjectOf(claims: AccessClaims): Subject {
    const known = subjects.get(claims);
    if (known) return known;
    const subject = readSubject(claims);
    subjects.set(claims, subject);
    return subject;
  }

  return (claims, facts) => {
    const { caller, granted } = subjectOf(claims);
    const factsNow = (): DecisionContext => ({ ...facts(), tenantId: caller.tenantId, subject: caller.attributes });
    return createAccess({
      caller,
      context: factsNow,
      stored,
      explain(action, resource, attributes) {
        if (resource.startsWith('/')) return Promise.reject(new AppError('unknown-url'));
        const decisionContext = { ...factsNow(), ...(attributes && { resource: attributes }) };
        return Promise.resolve(explain(registry, granted, { action, resource }, decisionContext));
      },
    });
  };
}

/** For a service without a database, which has no such classes. Only a filter needs them. */
const noClasses: BsonClasses = {
  get ObjectId() { return missing(); },
  get UUID() { return missing(); },
};

function missing(): never {
  throw new Error(
    'A filter needs the classes of your MongoDB driver: createVerifier({ bson: mongoose.mongo }), or those of the package mongodb.');
}

function readSubject(claims: AccessClaims): Subject {
  const { sub, sid, tenant, username, roles, permissions, policies, attributes = {} } = claims;
  if (!roles || !permissions || !policies) throw new AppError('grants-not-in-token');
  const granted = grantsFromClaims({ permissions, policies });
  const grants = compileGrants(registry, grantSetOf(granted));
  return { granted, caller: {
    userId: sub, tenantId: tenant, sessionId: sid, username, roles, roleTypes: roles, grants, attributes, auth: loginFromClaims(claims),
  } };
}
