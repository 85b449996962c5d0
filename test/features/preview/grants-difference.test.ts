import type { Policy } from '../../../src/engine/policies/policy.ts';
import { compareGrants } from '../../../src/features/preview/grants-difference.ts';
import type { ActiveGrants, GrantedThing } from '../../../src/features/preview/grants-difference.ts';

const right = (name: string): GrantedThing => ({ right: `GET /${name}` });
const policy = (effect: Policy['effect']): GrantedThing => ({ policy: { effect, actions: ['read'], resources: ['items'] } });
const active = (...things: GrantedThing[]): ActiveGrants => new Map(things.map((thing) => [JSON.stringify(thing), thing]));

describe('the difference of grants', () => {
  it('lists users who gain or lose, in their order, and counts the users of each thing', () => {
    const [before, after] = [active(right('b'), right('a')), active(right('c'), right('a'))];
    const same = active(right('a'));
    const held: Record<string, [ActiveGrants, ActiveGrants]> = {
      one: [before, after], two: [same, active(right('a'))], three: [before, after], four: [active(), after],
    };
    const { users, summary } = compareGrants(Object.keys(held), (id) => held[id]?.[0] ?? same, (id) => held[id]?.[1] ?? same);
    const changed = { gained: [right('c')], lost: [right('b')] };
    expect(users).toEqual([['one', changed], ['three', changed], ['four', { gained: [right('c'), right('a')], lost: [] }]]);
    expect(summary).toEqual([
      { thing: right('a'), gained: 1, lost: 0 }, { thing: right('b'), gained: 0, lost: 2 }, { thing: right('c'), gained: 3, lost: 0 },
    ]);
  });

  it('counts a deny that is added as lost, and a deny that is removed as gained', () => {
    const [allow, deny] = [policy('allow'), policy('deny')];
    const compare = (before: ActiveGrants, after: ActiveGrants) => compareGrants(['u'], () => before, () => after).users[0]?.[1];
    expect(compare(active(), active(deny))).toEqual({ gained: [], lost: [deny] });
    expect(compare(active(deny, allow), active())).toEqual({ gained: [deny], lost: [allow] });
    expect(compare(active(), active(allow))).toEqual({ gained: [allow], lost: [] });
  });
});
