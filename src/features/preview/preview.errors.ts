import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of previews. */
export const previewErrors = {
  'not-previewable': { status: 422, detail: 'Only calls under /roles/, /groups/ or /memberships/ that change something can be previewed: '
    + 'send their method, url and body.' },
} as const satisfies Record<string, ErrorEntry>;
