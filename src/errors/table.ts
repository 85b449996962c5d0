import { accountErrors } from '../features/accounts/account.errors.ts';
import { brandingErrors } from '../features/branding/branding.errors.ts';
import { clientErrors } from '../features/clients/client.errors.ts';
import { domainErrors } from '../features/domains/domain.errors.ts';
import { fromCodeErrors } from '../features/from-code/from-code.errors.ts';
import { grantErrors } from '../features/grants/grant.errors.ts';
import { groupErrors } from '../features/groups/group.errors.ts';
import { identityErrors } from '../features/identities/identity.errors.ts';
import { membershipErrors } from '../features/memberships/membership.errors.ts';
import { previewErrors } from '../features/preview/preview.errors.ts';
import { roleErrors } from '../features/roles/role.errors.ts';
import { sessionErrors } from '../features/sessions/session.errors.ts';
import { ssoErrors } from '../features/sso/sso.errors.ts';
import { systemErrors } from '../features/system/system.errors.ts';
import { tenantErrors } from '../features/tenants/tenant.errors.ts';
import { userErrors } from '../features/users/user.errors.ts';
import { gateErrors } from '../gate/gate.errors.ts';
import { httpErrors } from '../http/http.errors.ts';
import { platformErrors } from '../platform/platform.errors.ts';
import { verifierErrors } from '../verifier/verifier.errors.ts';

/** The table of all error codes of Gatehouse. Each part of the source declares its own codes; no code is declared twice. */
export const errorTable = {
  ...gateErrors,
  ...httpErrors,
  ...platformErrors,
  ...verifierErrors,
  ...accountErrors,
  ...brandingErrors,
  ...clientErrors,
  ...domainErrors,
  ...fromCodeErrors,
  ...grantErrors,
  ...groupErrors,
  ...identityErrors,
  ...membershipErrors,
  ...previewErrors,
  ...roleErrors,
  ...sessionErrors,
  ...ssoErrors,
  ...systemErrors,
  ...tenantErrors,
  ...userErrors,
} as const;

export type ErrorCode = keyof typeof errorTable;
