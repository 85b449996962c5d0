import { commandText } from '../errors/command-text.ts';
import type { ErrorEntry } from '../errors/error-entry.ts';

/** The error codes of the platform. */
export const platformErrors = {
  'too-many-requests': { status: 429, detail: 'Too many attempts: wait for the number of seconds in the Retry-After header, then try '
    + 'again.' },
  'weak-password': { status: 422, detail: 'Choose another password: 12 to 256 characters of any kind, not a common password, and not '
    + 'made from your name or address.' },
  'version-conflict': { status: 409, detail: 'Another user changed this in the meantime: load it again and repeat your change.' },
  'tenant-full': { status: 409, detail: 'The tenant has reached its limit: remove some entries, or ask a superadmin of the platform to '
    + 'raise the limit.' },
  'tenant-moving': { status: 503, retryAfter: 2, detail: 'The tenant is being moved to another database: try again shortly. If the move '
    + `was interrupted, continue it with "${commandText('tenants', 'move')}".` },
  'database-unreachable': { status: 503, retryAfter: 2, detail: 'The database does not answer: try again shortly.' },
  'password-queue-full': { status: 503, retryAfter: 2, detail: 'Too many passwords are waiting to be checked: try again shortly.' },
  'address-not-allowed': { status: 422, detail: 'The server may not connect to this address: use a public https address, or ask its '
    + 'operator to list the network in OUTBOUND_NETWORKS.' },
} as const satisfies Record<string, ErrorEntry>;
