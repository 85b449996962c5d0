import { judgeAnswer } from '../../../../src/features/sso/saml/answer/strict-response.ts';
import { answerShapes, forgeAnswer, samlWorld } from '../../../support/sso/forged-answer.ts';
import { rulesFor } from './hostile-answer.ts';

describe('judgeAnswer', () => {
  it.each(answerShapes)('a good answer, with this signed or encrypted: %s, proves the person', async (shape) => {
    const verdict = await judgeAnswer(await forgeAnswer({ shape }), rulesFor());
    expect(verdict.steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdict).toMatchObject({
      ok: true, answer: {
        requestId: samlWorld.requestId, seen: { name: '_assertion-1' },
        person: {
          nameId: 'ann-4711', sessionIndex: '_session-1',
          claims: { email: ['ann@company.example'], groups: ['engineering', 'staff'], nameID: 'ann-4711' },
        },
      },
    });
  });
});
