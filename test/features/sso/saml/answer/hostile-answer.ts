import type { AnswerRules } from '../../../../../src/features/sso/saml/answer/answer.types.ts';
import { samlWorld } from '../../../../support/sso/forged-answer.ts';
import type { AnswerForgery } from '../../../../support/sso/forged-answer.ts';

/** A good answer that is changed in one thing. */
export interface HostileAnswer extends AnswerForgery {
  readonly name: string;
  /** The step that must refuse it. */
  readonly step: string;
  /** Without the check of that step: "in", or the name of the step that refuses it then. */
  readonly without: string;
  /** What holds for the good case too. */
  readonly rules?: Partial<AnswerRules>;
}

/** The rules of a service that has asked for one answer. */
export function rulesFor(changes: Partial<AnswerRules> = {}): AnswerRules {
  const { issuer, audience, acsUrl, requestId, company, ours, oursBefore } = samlWorld;
  return {
    issuer, audience, acsUrl, keys: [company.publicKey], decryptionKeys: [oursBefore.privateKey, ours.privateKey],
    isOpenRequest: (id) => id === requestId, now: Date.now(), ...changes,
  };
}

type Row = readonly [name: string, change: AnswerForgery & Pick<HostileAnswer, 'rules'>, without?: string];

/** Cases about one step. `without` says what follows if the check of this step is left out. */
export function casesOf(step: string, without: string, rows: readonly Row[]): readonly HostileAnswer[] {
  return rows.map(([name, change, own = without]) => ({ name: `${step}: ${name}`, step, without: own, ...change }));
}

/** The same for answers with an encrypted assertion. */
export function encryptedCasesOf(...cases: Parameters<typeof casesOf>): readonly HostileAnswer[] {
  return casesOf(...cases).map((each) => ({ shape: 'encrypted', ...each }));
}
