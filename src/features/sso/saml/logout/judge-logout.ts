import type { Element } from '@xmldom/xmldom';
import { algorithmFault, signatureFault } from '../answer/signature-checks.ts';
import { allHold, runChecks } from '../../checks.ts';
import type { CheckedStep, Mismatch } from '../../checks.ts';
import { attributeOf, onlyChild, plainText } from '../xml/elements.ts';
import { clockSkew, readInstant } from '../xml/instants.ts';
import { parseStrictly } from '../xml/parse-strictly.ts';
import { readBase64, readUtf8 } from '../xml/read-base64.ts';
import { verifyRoot } from '../xml/sign-xml.ts';
import { textChecksFor } from '../xml/text-checks.ts';
import { maxLogoutAge, messageChecks, sessionIndexesOf, statusOf } from './message-checks.ts';
import type { LogoutRules } from './message-checks.ts';
import { maxMessage, readRedirect } from './read-redirect.ts';
import type { RedirectMessage } from './read-redirect.ts';

/** Every list of checks of a logout message. Only a test leaves one out. */
export const logoutChecks = { text: textChecksFor(500), ...messageChecks };

/** What a provider asks for, or answers, by a message that it has signed. */
export interface LogoutMessage {
  readonly id: string;
  readonly relayState?: string;
  /** The id of the message, and how long it must be remembered: it counts once. */
  readonly seen: { readonly name: string; readonly expiresAt: Date };
  readonly content:
    | {
      readonly kind: 'request';
      readonly nameId: string;
      readonly nameIdFormat?: string;
      /** The sessions that end. None: all of this person at this provider. */
      readonly sessionIndexes: readonly string[];
    }
    | { readonly kind: 'response'; readonly requestId: string; readonly isSuccess: boolean };
}

export type SamlLogoutVerdict =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly message: LogoutMessage }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

function refused(step: string, mismatch: Mismatch, before: readonly CheckedStep[] = []): SamlLogoutVerdict {
  return { ok: false, steps: [...before, { step, ok: false, ...mismatch }] };
}

/**
 * Judges a logout message of the redirect binding, from the query as it came. Never throws for what was sent: the last step names the
 * check that did not hold. Whether its id came before is for the calling code, which stores it.
 */
export async function judgeLogoutQuery(rawQuery: string, rules: LogoutRules, checks = logoutChecks): Promise<SamlLogoutVerdict> {
  const read = readRedirect(rawQuery, rules.keys);
  if ('step' in read) return refused(read.step, read.mismatch);
  const { text, kind, relayState } = read.message;
  const parsed = await parse(text, checks);
  if (!('root' in parsed)) return parsed;
  // The signature of this binding covers the whole query. A second one in the document would be one that nobody verifies.
  const inner = onlyChild(parsed.root, 'signature', 'Signature');
  if (inner) return refused('signature-form', { expected: 'no signature in the message', received: 'one' }, parsed.steps);
  return judge({ root: parsed.root, kind, relayState, rules, before: [...parsed.steps, { step: 'signature', ok: true }] }, checks);
}

/** The same for the POST binding, from the field of the form. The message must carry a signature of its root. */
export async function judgeLogoutForm(
  { kind, value, relayState }: { readonly kind: RedirectMessage['kind']; readonly value: string; readonly relayState?: string },
  rules: LogoutRules, checks = logoutChecks,
): Promise<SamlLogoutVerdict> {
  const read = readBase64(value, 2 * maxMessage);
  const text = 'mismatch' in read ? null : readUtf8(read.bytes);
  if (text === null) return refused('form', { expected: `base64 of at most ${2 * maxMessage} characters`, received: 'another form' });
  const parsed = await parse(text, checks);
  if (!('root' in parsed)) return parsed;
  const fault = signatureFault(parsed.root, [parsed.root]);
  if (fault) return refused('signature-form', fault, parsed.steps);
  const algorithm = algorithmFault(parsed.root);
  if (algorithm) return refused('algorithm', algorithm, parsed.steps);
  const root = verifyRoot(text, parsed.root, rules.keys);
  if (!root) return refused('signature', { expected: 'the signature of a key of the provider', received: 'another one' }, parsed.steps);
  return judge({ root, kind, relayState, rules, before: [...parsed.steps, { step: 'signature', ok: true }] }, checks);
}

type Parsed =
  | { readonly root: Element; readonly steps: readonly CheckedStep[] }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

async function parse(text: string, checks: typeof logoutChecks): Promise<Parsed> {
  const steps = await runChecks(checks.text, text);
  if (!allHold(steps)) return { ok: false, steps };
  const root = parseStrictly(text);
  if (root) return { root, steps };
  return { ok: false, steps: [...steps, { step: 'parse', ok: false, expected: 'a well-formed document', received: 'another one' }] };
}

interface SignedMessage {
  readonly root: Element;
  readonly kind: RedirectMessage['kind'];
  readonly relayState: string | undefined;
  readonly rules: LogoutRules;
  readonly before: readonly CheckedStep[];
}

async function judge({ root, kind, relayState, rules, before }: SignedMessage, checks: typeof logoutChecks): Promise<SamlLogoutVerdict> {
  const steps = [...before, ...await runChecks(checks[kind], { root, rules })];
  if (!allHold(steps)) return { ok: false, steps };
  const id = attributeOf(root, 'ID') ?? '';
  const issued = readInstant(attributeOf(root, 'IssueInstant')) ?? rules.now;
  const expiresAt = new Date(issued + maxLogoutAge + 2 * clockSkew);
  const content = kind === 'SAMLRequest' ? requestOf(root) : {
    kind: 'response' as const, requestId: attributeOf(root, 'InResponseTo') ?? '', isSuccess: statusOf(root) === success,
  };
  return { ok: true, steps, message: { id, seen: { name: id, expiresAt }, content, ...(relayState !== undefined && { relayState }) } };
}

function requestOf(root: Element): LogoutMessage['content'] {
  const name = onlyChild(root, 'assertion', 'NameID');
  const nameIdFormat = attributeOf(name, 'Format');
  return {
    kind: 'request', nameId: plainText(name) ?? '', sessionIndexes: sessionIndexesOf(root).filter((index) => index !== null),
    ...(nameIdFormat !== null && { nameIdFormat }),
  };
}
