import type { AnswerRules } from '../../../../src/features/sso/saml/answer/answer.types.ts';
import { samlWorld } from '../../../support/sso/forged-answer.ts';
import type { AnswerForgery } from '../../../support/sso/forged-answer.ts';

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
