import { writtenQuestion } from '../../../src/features/decisions/check.shape.ts';

describe('the attributes of a question', () => {
  const isTaken = (attributes: Record<string, unknown>) => (
    writtenQuestion.safeParse({ action: 'read', resource: 'notes', attributes }).success);
  const values = (count: number) => Array<number>(count).fill(1);

  it('of 10,000 values, are taken, and of one more they are not, however they are nested', () => {
    expect([isTaken({ list: values(10_000) }), isTaken({ list: values(10_001) })]).toEqual([true, false]);
    const nested = (count: number) => ({ one: { of: values(count) }, two: values(5_000) });
    expect([isTaken(nested(5_000)), isTaken(nested(5_001))]).toEqual([true, false]);
  });
});
