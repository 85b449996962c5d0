import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of previews. */
export const previewErrors = {
  'not-previewable': { status: 422, detail: 'Only calls that change what users hold can be previewed: the writing calls '
    + 'under /roles/, /groups/ and /memberships/, and update, activate, deactivate '
    + 'and delete under /identity-providers/. Send their method, url and body.' },
} as const satisfies Record<string, ErrorEntry>;
