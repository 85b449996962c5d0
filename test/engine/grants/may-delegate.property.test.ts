import fc from 'fast-check';
import type { DecisionContext } from '../../../src/engine/policies/decision-context.types.ts';
import { mightBeAllowed } from '../../../src/engine/partial-decision.ts';
import { decide } from '../../../src/engine/decide.ts';
import type { Grant } from '../../../src/engine/grants/grant.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { mayDelegate } from '../../../src/engine/grants/may-delegate.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { proof } from '../../support/proof.ts';
import { action, context, policies, resource } from '../random-policies.ts';
import { registryOf } from '../registries.ts';

const numRuns = proof({ short: 1_500, ci: 30_000, full: 100_000 });
/** How long a test may take, in ms. */
const limit = proof({ short: 60_000, ci: 600_000, full: 1_800_000 });
const registry = registryOf({});
const grantsOf = (held: readonly Policy[]) => compileGrants(registry, { rights: [], policies: held, isSuperadmin: false });
const grantedBy = (held: readonly Policy[]) => held.map((policy): Grant => ({ kind: 'policy', policy, chain: [] }));
const question = fc.record({ action, resource });

describe('delegation, for any policies and any question', () => {
  it('a change that a caller may make, allows nobody anything that the caller is not allowed', () => {
    let [made, gained] = [0, 0];
    fc.assert(fc.property(policies, policies, policies, policies, fc.nat({ max: 3 }), fc.array(
      question, { minLength: 6, maxLength: 6 },
    ), context, (own, before, after, rest, kept, asked, known) => {
      // Often a part of one's own, with the denies, so that it may be handed out.
      const [old, young] = [before, after].map(
        (held, index) => (((kept >> index) & 1) === 0 ? held : own.filter(({ effect }, at) => effect === 'deny' || at % 2 === index)),
      );
      if (!old || !young || !mayDelegate(grantsOf(own), grantedBy(old), grantedBy(young), registry)) return;
      made += 1;
      for (const each of asked) {
        if (decide(grantsOf([...old, ...rest]), each, known).allowed || !decide(
          grantsOf([...young, ...rest]), each, known,
        ).allowed) continue;
        gained += 1;
        expect(decide(grantsOf(own), each, known).allowed).toBe(true);
      }
    }), { numRuns, includeErrorInReport: true });
    console.log(`handing out: ${made} changes of ${numRuns} might be made, and gave something to somebody in ${gained} questions`);
    expect(gained).toBeGreaterThan(numRuns / 1_000);
  }, limit);

  it('a removed deny, with any conditions, counts as granting what it denied', () => {
    const deny: Policy = { effect: 'deny', actions: ['read'], resources: ['items'], conditions: [{ type: 'tenant', value: 'acme' }] };
    const lift = (...own: Policy[]) => mayDelegate(grantsOf(own), grantedBy([deny]), [], registry);
    expect(lift()).toBe(false);
    expect(lift({ ...deny, effect: 'allow' })).toBe(false);
    expect(lift({ effect: 'allow', actions: ['read'], resources: ['items'] })).toBe(true);
    expect(lift({ effect: 'allow', actions: ['read'], resources: ['items'] }, deny)).toBe(false);
    const everything: Policy = { effect: 'deny', actions: ['manage'], resources: ['*'] };
    expect(
      mayDelegate(grantsOf([{ effect: 'allow', actions: ['manage'], resources: ['*'] }]), grantedBy([everything]), [], registry),
    ).toBe(false);
  });
});

describe('mightBeAllowed, for any policies and any question', () => {
  it('a question that a larger context allows, might be allowed with a smaller one', () => {
    let allowed = 0;
    fc.assert(fc.property(policies, question, context, fc.subarray(
      ['tenantId', 'ip', 'subject', 'resource'] as const,
    ), (held, asked, known, unknown) => {
      const fewer: DecisionContext = {
        ...Object.fromEntries(Object.entries(known).filter(([name]) => !unknown.some((each) => each === name))), now: known.now,
      };
      if (!decide(grantsOf(held), asked, known).allowed) return;
      allowed += 1;
      expect(mightBeAllowed(grantsOf(held), asked, fewer)).toBe(true);
    }), { numRuns, includeErrorInReport: true });
    expect(allowed).toBeGreaterThan(numRuns / 100);
  }, limit);

  it('a deny that surely counts, or no grant that covers the question, is allowed by no larger context', () => {
    const allow: Policy = {
      effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'ip', ranges: ['10.0.0.0/8'] }],
    };
    const asked = { action: 'read', resource: 'items' };
    expect(mightBeAllowed(grantsOf([allow]), asked, { now: 0 })).toBe(true);
    expect(mightBeAllowed(grantsOf([allow]), asked, { now: 0, ip: '11.0.0.1' })).toBe(false);
    expect(mightBeAllowed(grantsOf([allow]), { ...asked, action: 'update' }, { now: 0 })).toBe(false);
    expect(mightBeAllowed(grantsOf([allow, { effect: 'deny', actions: ['manage'], resources: ['*'] }]), asked, { now: 0 })).toBe(false);
  });
});
