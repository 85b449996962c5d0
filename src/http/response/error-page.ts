import type { Problem } from '../../errors/errors.ts';
import type { PageReply } from '../route/define-route.ts';
import { escapeHtml } from './escape-html.ts';
import { framePage } from './page-frame.ts';

/** The page of an error, for a person in a browser: what to do, the code, and the reference by which an administrator finds the request. */
export function createErrorPage({ detail, code, reference, requestId, errors = [] }: Problem): PageReply {
  const faults = errors.map(({ field, message }) => `<li>${escapeHtml(`${field} ${message}`)}</li>`).join('');
  return framePage({
    title: 'This did not work',
    body: `<h1>This did not work</h1>
<p>${escapeHtml(detail)}</p>${faults && `\n<ul>${faults}</ul>`}
<p><small>Code: ${escapeHtml(code)}</small><small>Reference: ${escapeHtml(reference ?? requestId)}</small></p>`,
  });
}

const json = new Set(['application/json', 'application/problem+json']);

/**
 * Whether a client wants JSON: its Accept header names JSON, and not HTML with at least the same quality (RFC 9110 section 12.5.1).
 *
 * A wildcard names nothing, because browsers send one too.
 */
export function prefersJson(accept: string | undefined): boolean {
  let [ofJson, ofHtml] = [0, 0];
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (json.has(type)) ofJson = Math.max(ofJson, quality);
    else if (type === 'text/html') ofHtml = Math.max(ofHtml, quality);
  }
  return ofJson > ofHtml;
}
