import fc from 'fast-check';
import { containsGrants } from '../../src/engine/grants/contains-grants.ts';
import { decide } from '../../src/engine/decide.ts';
import { explain } from '../../src/engine/explain.ts';
import type { Grant } from '../../src/engine/grants/grant.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { restrictPolicy } from '../../src/engine/policies/restrict-policy.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import { proof } from '../support/proof.ts';
import { action, context, policies, policy, resource } from './random-policies.ts';
import { registryOf } from './registries.ts';

const numRuns = proof({ short: 1_500, ci: 30_000, full: 100_000 });
/** How long a test may take, in ms. */
const limit = proof({ short: 60_000, ci: 600_000, full: 1_800_000 });
const registry = registryOf({});
const grantsOf = (held: readonly Policy[]) => compileGrants(registry, { rights: [], policies: held, isSuperadmin: false });
const question = fc.record({ action, resource });
const check = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>) => { fc.assert(
  property, { numRuns, includeErrorInReport: true },
); };

describe('decide, for any policies and any question', () => {
  it('one deny more, never allows what was refused', () => {
    check(fc.property(policies, policy, question, context, (held, added, asked, known) => {
      if (decide(
        grantsOf([...held, { ...added, effect: 'deny' }]), asked, known,
      ).allowed) expect(decide(grantsOf(held), asked, known).allowed).toBe(true);
    }));
  }, limit);

  it('one allow more, never refuses what was allowed', () => {
    check(fc.property(policies, policy, question, context, (held, added, asked, known) => {
      if (decide(grantsOf(held), asked, known).allowed) expect(
        decide(grantsOf([...held, { ...added, effect: 'allow' }]), asked, known).allowed,
      ).toBe(true);
    }));
  }, limit);

  it('order and repetition, change neither answer nor reason', () => {
    check(fc.property(policies.chain(
      (held) => fc.tuple(fc.constant(held), fc.shuffledSubarray([...held, ...held], { minLength: held.length * 2 })),
    ), question, context, ([held, shuffled], asked, known) => {
      const turned = shuffled.map((each) => ({ ...each, actions: [...each.actions].reverse(), resources: [...each.resources].reverse() }));
      const [one, two] = [decide(grantsOf(held), asked, known), decide(grantsOf(turned), asked, known)];
      expect([two.allowed, two.reason]).toEqual([one.allowed, one.reason]);
    }));
  }, limit);

  it('an explanation, replays: the named cause alone gives the same decision', () => {
    check(fc.property(policies, question, context, (held, asked, known) => {
      const granted = held.map((each): Grant => ({ kind: 'policy', policy: each, chain: [] }));
      const { decision, causes } = explain(registry, granted, asked, known);
      expect(decision).toEqual(decide(grantsOf(held), asked, known));
      expect(causes).toHaveLength(decision.reason === 'permission-missing' ? 0 : 1);
      for (const cause of causes) expect(explain(registry, [cause], asked, known).decision.reason).toBe(decision.reason);
    }));
  }, limit);

  it('a policy restricted to a resource, decides the same there and nothing elsewhere', () => {
    check(fc.property(policy, resource, question, context, (whole, at, asked, known) => {
      const narrowed = restrictPolicy({ ...whole, effect: 'allow' }, at);
      const isBelow = asked.resource === at || asked.resource.startsWith(`${at}/`);
      const expected = isBelow && decide(grantsOf([{ ...whole, effect: 'allow' }]), asked, known).allowed;
      expect(decide(grantsOf(narrowed ? [narrowed] : []), asked, known).allowed).toBe(expected);
    }));
  }, limit);

  it('grants contained in others, allow nothing that the others do not', () => {
    check(fc.property(policies, policies, question, context, (own, other, asked, known) => {
      // Some of one's own, so that they are contained now and then.
      const handed = [...own.filter((_each, index) => index % 2 === 0 || _each.effect === 'deny'), ...other.slice(0, 1)];
      if (!containsGrants(grantsOf(own), grantsOf(handed), registry)) return;
      if (decide(grantsOf(handed), asked, known).allowed) expect(decide(grantsOf(own), asked, known).allowed).toBe(true);
    }));
  }, limit);
});
