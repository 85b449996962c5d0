import { callHost } from '../../src/platform/call-host.ts';

const secret = 'correct horse battery';

describe('A call of what a host brings', () => {
  it('that answers, answers', async () => {
    expect(await callHost(() => Promise.resolve(7), 1_000)).toEqual({ answer: 7 });
  });

  it.each<[string, () => Promise<never>, string]>([
    ['throws', () => { throw new TypeError(secret); }, 'TypeError'],
    ['rejects', () => Promise.reject(Object.assign(new Error(secret), { code: 'ECONNREFUSED' })), 'Error ECONNREFUSED'],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a host's code may do
    ['rejects with a text', () => Promise.reject(secret), 'a value that is not an Error'],
    ['rejects with a code that is an object', () => Promise.reject(Object.assign(new Error(secret), { code: { secret } })), 'Error'],
  ])('that %s, tells name and code alone', async (_what, call, reason) => {
    expect(await callHost(call, 1_000)).toEqual({ failure: { reason, isFinal: false } });
  });

  it('that never answers, ends after its time', async () => {
    expect(await callHost(() => new Promise(() => undefined), 20))
      .toEqual({ failure: { reason: 'no answer within 0.02 s', isFinal: false } });
  });
});
