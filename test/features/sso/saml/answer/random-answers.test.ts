import { judgeAnswer } from '../../../../../src/features/sso/saml/answer/strict-response.ts';
import { forgeAnswer } from '../../../../support/sso/forged-answer.ts';
import { proof } from '../../../../support/proof.ts';
import { rulesFor } from './hostile-answer.ts';

/** Random numbers that are the same in every run (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Moves, doubles, removes or changes elements of an answer as an attacker does who has no key. Most results are still well-formed. */
function disturb(xml: string, random: (below: number) => number): string {
  const elements = [...xml.matchAll(/<([a-z]+:[A-Za-z0-9]+)(?: [^>]*)?(?:\/>|>)/g)].filter(({ index }) => index > 40);
  const pick = () => {
    const found = elements[random(elements.length)];
    const [tag = '', name = ''] = found ?? [];
    const index = found?.index ?? 0;
    const end = tag.endsWith('/>') ? index + tag.length : xml.indexOf(`</${name}>`, index) + name.length + 3;
    return { start: index, end, text: xml.slice(index, end), tag };
  };
  const [one, other] = [pick(), pick()];
  const changes = [
    () => xml.slice(0, one.start) + xml.slice(one.end), () => xml.slice(0, one.end) + one.text + xml.slice(one.end),
    () => xml.slice(0, one.start) + other.text + xml.slice(one.start),
    () => xml.slice(0, one.start) + one.text.replace('ann-4711', 'bob') + xml.slice(one.start),
    () => xml.slice(0, one.start + one.tag.length) + other.text + xml.slice(one.start + one.tag.length),
    () => xml.slice(0, one.start) + other.text + xml.slice(one.end),
    () => xml.replace(one.tag, () => one.tag.replace(/"[^"]*"/, '"_other"')),
  ];
  return changes[random(changes.length)]?.() ?? xml;
}

describe('judgeAnswer', () => {
  it('answers that are disturbed at random, are refused or prove the same person', async () => {
    const random = createRandom(21);
    const outcomes = { refused: 0, same: 0 };
    for (const shape of ['assertion', 'both'] as const) {
      const sent = await forgeAnswer({ shape });
      const good = await judgeAnswer(sent, rulesFor());
      const xml = Buffer.from(sent, 'base64').toString();
      for (let count = proof({ short: 25, ci: 1_000, full: 10_000 }); count > 0; count -= 1) {
        const changed = disturb(disturb(xml, random), random);
        const verdict = await judgeAnswer(Buffer.from(changed).toString('base64'), rulesFor());
        if (verdict.ok && good.ok) expect([changed, verdict.answer]).toEqual([changed, good.answer]);
        outcomes[verdict.ok ? 'same' : 'refused'] += 1;
      }
    }
    console.log(`Answers disturbed at random: ${outcomes.refused} refused, ${outcomes.same} prove the same person.`);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
});
