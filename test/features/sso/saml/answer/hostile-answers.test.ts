import { SAML } from '@node-saml/node-saml';
import type { CheckedStep } from '../../../../../src/features/sso/checks.ts';
import { samlAnswerChecks, judgeAnswer } from '../../../../../src/features/sso/saml/answer/strict-response.ts';
import type { AnswerChecks } from '../../../../../src/features/sso/saml/answer/strict-response.ts';
import { forgeAnswer, samlWorld } from '../../../../support/sso/forged-answer.ts';
import { checksWithout } from '../../../../support/sso/checks-without.ts';
import { proof } from '../../../../support/proof.ts';
import { documentCases } from './document-cases.ts';
import { rulesFor } from './hostile-answer.ts';
import type { HostileAnswer } from './hostile-answer.ts';
import { signatureCases } from './signature-cases.ts';
import { statementCases } from './statement-cases.ts';
import { structureCases } from './structure-cases.ts';

const cases: readonly HostileAnswer[] = [...documentCases, ...structureCases, ...signatureCases, ...statementCases];

async function outcomeOf(sent: string, rules: HostileAnswer['rules'], checks?: AnswerChecks): Promise<string | undefined> {
  const { ok, steps } = await judgeAnswer(sent, rulesFor(rules), checks);
  return ok ? 'in' : stepsFailed(steps);
}

function stepsFailed(steps: readonly CheckedStep[]): string {
  return steps.filter(({ ok }) => !ok).map(({ step }) => step).join();
}

/** What names a person here, and what only an answer holds. */
const personal = new RegExp(`${samlWorld.person}|bob|ann@|engineering|${samlWorld.requestId}|<saml`);

/** The good case of each shape and of each set of rules is judged once. */
const judged = new Map<string, Promise<string | undefined>>();
function outcomeOfGood({ shape = 'assertion', rules }: HostileAnswer): Promise<string | undefined> {
  const fits = rules?.encrypted === 'required' && !shape.startsWith('encrypted') ? 'encrypted' : shape;
  const key = JSON.stringify([fits, rules]);
  const outcome = judged.get(key) ?? forgeAnswer({ shape: fits }).then((sent) => outcomeOf(sent, rules));
  judged.set(key, outcome);
  return outcome;
}

/** What node-saml says alone, as it is usually set up, where the assertion alone is signed. */
async function isAcceptedBare(sent: string): Promise<boolean> {
  const { company, audience, acsUrl, ours } = samlWorld;
  const bare = new SAML({
    idpCert: company.certificate, issuer: audience, callbackUrl: acsUrl, decryptionPvk: ours.privateKey, wantAuthnResponseSigned: false,
  });
  return bare.validatePostResponseAsync({ SAMLResponse: sent }).then(({ profile }) => profile !== null, () => false);
}

/** Which cases are judged without their check, and by node-saml alone: some in the short form, because this takes most of the time. */
const isRepeated = (index: number) => index % proof({ short: 24, ci: 1, full: 1 }) === 0;

describe('the answer of a SAML provider', () => {
  const accepted: string[] = [];
  const printed: unknown[][] = [];
  const { warn, error } = console;
  beforeAll(() => {
    console.warn = console.error = (...text: unknown[]) => { printed.push(text); };
  });
  afterAll(() => { Object.assign(console, { warn, error }); });

  it.each(cases.map((each, index) => [each.name, each, index] as const))(
    '%s, is refused at its step, and the good case is not', async (_name, each, index) => {
      expect(await outcomeOfGood(each)).toBe('in');
      const sent = await forgeAnswer(each);
      const { ok, steps } = await judgeAnswer(sent, rulesFor(each.rules));
      expect({ ok, refusedAt: stepsFailed(steps) }).toEqual({ ok: false, refusedAt: each.step });
      expect(JSON.stringify(steps)).not.toMatch(personal);
      expect(printed).toEqual([]);
      if (!isRepeated(index)) return;
      if (await isAcceptedBare(sent)) accepted.push(each.name);
      expect(await outcomeOf(sent, each.rules, checksWithout<AnswerChecks>(samlAnswerChecks, each.step))).toBe(each.without);
      printed.length = 0; // without our checks, the parser of node-saml prints what it is sent
    });

  it('the cases, are at least 150, and no check is without a case that needs it', () => {
    const steps = new Set(Object.values(samlAnswerChecks).flatMap((list) => list.map(({ step }) => step)));
    const noticed = new Set(cases.filter(({ step, without }) => step !== without).map(({ step }) => step));
    expect([...steps].filter((step) => !noticed.has(step))).toEqual([]);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(150);
    const table = [...new Set(cases.map(({ step }) => step))].map((step) => {
      const own = cases.filter((each) => each.step === step);
      return `${step}: ${own.length} (${[...new Set(own.map(({ without }) => without))].join(', ')})`;
    });
    const bare = cases.filter((_, index) => isRepeated(index)).length;
    const alone = `node-saml alone accepts ${accepted.length} of ${bare}`;
    console.log(`${cases.length} hostile answers, 0 accepted; ${alone}: ${accepted.join('; ')}.`);
    console.log(`Cases by check, and what they meet without it: ${table.join('; ')}.`);
  });
});
