import type { Element } from '@xmldom/xmldom';
import { allHold, runChecks } from '../../checks.ts';
import type { CheckedStep, Mismatch, NamedCheck } from '../../checks.ts';
import { attributeOf } from '../xml/elements.ts';
import { clockSkew, readInstant } from '../xml/instants.ts';
import { parseStrictly } from '../xml/parse-strictly.ts';
import { readBase64, readUtf8 } from '../xml/read-base64.ts';
import { textChecksFor } from '../xml/text-checks.ts';
import type { AnswerRules } from './answer.types.ts';
import { assertionChecks } from './assertion-checks.ts';
import { assertionIn, formChecks } from './document-checks.ts';
import { encryptionChecks, openAssertion } from './open-assertion.ts';
import { readAssertion } from './read-assertion.ts';
import type { ProvedSamlPerson } from './read-assertion.ts';
import { signatureChecks } from './signature-checks.ts';
import { maxAssertionAge, verifySignature } from './verify-signature.ts';

/**
 * The most elements of an answer. A person of 1,000 groups has 2,100, where each group is an attribute of its own. node-saml takes 0.2 ms
 * of processor time for each element, before it knows whether the signature is true.
 */
const maxElements = 3_000;

/** Every list of checks of an answer. Only a test leaves one out, to see which case notices. */
export const samlAnswerChecks = {
  text: textChecksFor(maxElements), form: formChecks.response, signatures: signatureChecks, names: formChecks.names,
  encryption: encryptionChecks, opened: formChecks.opened, assertion: assertionChecks,
};

/** The most characters of an answer in base64. */
const maxAnswer = 524_288;

export interface ProvedAnswer {
  readonly person: ProvedSamlPerson;
  /** The request that is answered. Undefined for an answer that nobody asked for: it starts a login, and opens no session. */
  readonly requestId?: string;
  /** The id of the assertion, and how long it must be remembered: it counts once. */
  readonly seen: { readonly name: string; readonly expiresAt: Date };
}

export type AnswerVerdict =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly answer: ProvedAnswer }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/** A step that did not hold, on its way out of the stages. */
interface Stopped {
  readonly stopped: true;
}

type Stage<T> = Promise<T | Stopped>;

/**
 * Judges the answer of an identity provider (SAML Bindings section 3.5, Profiles section 4.1.4), as the form field had it.
 *
 * Never throws for what was sent: the last step names the check that did not hold. Everything about the person is read from the
 * assertion as its signature covers it. Two checks are left to the calling code, because they need the store: that the request belongs
 * to this browser, and, last of all, the unique insert of `seen`.
 */
export async function judgeAnswer(sent: string, rules: AnswerRules, checks: AnswerChecks = samlAnswerChecks): Promise<AnswerVerdict> {
  const judging = createJudging(sent, rules, checks);
  const answer = await judging.run();
  return 'stopped' in answer ? { ok: false, steps: judging.steps } : { ok: true, steps: judging.steps, answer };
}

export type AnswerChecks = { readonly [K in keyof typeof samlAnswerChecks]: readonly (typeof samlAnswerChecks)[K][number][] };

function createJudging(sent: string, rules: AnswerRules, checks: AnswerChecks) {
  const steps: CheckedStep[] = [];
  const stopped: Stopped = { stopped: true };

  function stop(step: string, mismatch: Mismatch): Stopped {
    steps.push({ step, ok: false, ...mismatch });
    return stopped;
  }

  function pass<T>(step: string, value: T): T {
    steps.push({ step, ok: true });
    return value;
  }

  async function hold<T>(list: readonly NamedCheck<T>[], subject: T): Promise<boolean> {
    const done = await runChecks(list, subject);
    steps.push(...done);
    return allHold(done);
  }

  async function parse(text: string): Stage<Element> {
    if (!await hold(checks.text, text)) return stopped;
    const root = parseStrictly(text);
    return root ? pass('parse', root) : stop('parse', { expected: 'a well-formed document without any doubt', received: 'another one' });
  }

  async function read(): Stage<{ readonly response: Element; readonly plain: string }> {
    const read = readBase64(sent, maxAnswer);
    if ('mismatch' in read) return stop('form', read.mismatch);
    const text = readUtf8(read.bytes);
    if (text === null) return stop('form', { expected: 'UTF-8', received: 'other bytes' });
    pass('form', text);
    const response = await parse(text);
    return 'stopped' in response ? response : { response, plain: read.bytes.toString('base64') };
  }

  /** Opens the assertion, if it is encrypted, and runs the same rules on its content: node-saml shows it without its signature. */
  async function open(response: Element): Stage<{ readonly decryptionKey?: string }> {
    const encrypted = assertionIn(response);
    if (encrypted?.localName !== 'EncryptedAssertion') return {};
    if (!await hold(checks.encryption, encrypted)) return stopped;
    const content = await openAssertion(encrypted, rules.decryptionKeys);
    if (!content) return stop('decryption', { expected: 'an assertion that is encrypted for a key of ours', received: 'another one' });
    pass('decryption', content);
    const opened = await parse(content.text);
    if ('stopped' in opened) return opened;
    const parsed = { response, opened, rules };
    const holds = await hold(checks.opened, parsed) && await hold(checks.signatures, parsed) && await hold(checks.names, parsed);
    return holds ? { decryptionKey: content.key } : stopped;
  }

  async function run(): Stage<ProvedAnswer> {
    const sentAnswer = await read();
    if ('stopped' in sentAnswer) return sentAnswer;
    const { response, plain } = sentAnswer;
    const parsed = { response, rules };
    const holds = await hold(checks.form, parsed) && await hold(checks.signatures, parsed) && await hold(checks.names, parsed);
    if (!holds) return stopped;
    const opened = await open(response);
    if ('stopped' in opened) return opened;
    const verdict = await verifySignature({ response, sent: plain, decryptionKey: opened.decryptionKey, rules });
    if ('step' in verdict) return stop(verdict.step, verdict.mismatch);
    const { assertion } = pass('signature', verdict);
    return await hold(checks.assertion, { response, assertion, rules }) ? prove(response, assertion) : stopped;
  }

  return { steps, run };
}

/** An assertion is refused for its age from then on. */
function prove(response: Element, assertion: Element): ProvedAnswer {
  const requestId = attributeOf(response, 'InResponseTo');
  const issued = readInstant(attributeOf(assertion, 'IssueInstant')) ?? 0;
  return {
    person: readAssertion(assertion), ...(requestId !== null && { requestId }),
    seen: { name: attributeOf(assertion, 'ID') ?? '', expiresAt: new Date(issued + maxAssertionAge + 2 * clockSkew) },
  };
}
