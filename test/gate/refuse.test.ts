import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../src/errors/errors.ts';
import { createRefuse, refusedRequest } from '../../src/gate/refuse.ts';
import type { RefusedRequest } from '../../src/gate/refuse.ts';

const requestWith = (more: object = {}) => ({
  method: 'GET', url: '/here?x=1', headers: { 'user-agent': 'a browser' }, ip: '192.0.2.1', socket: { remoteAddress: '192.0.2.1' }, ...more,
}) as unknown as IncomingMessage; // all that is read of it
const response = {} as ServerResponse; // only handed on

describe('the record of a request that was turned away', () => {
  it('names who, from where and what for, without the query', () => {
    expect(refusedRequest(requestWith(), 'right-missing', null, 'r1')).toEqual({
      code: 'right-missing', caller: null, ip: '192.0.2.1', userAgent: 'a browser', requestId: 'r1', method: 'GET', url: '/here',
    });
  });

  it('takes the URL as it was sent, and nothing for what is not there', () => {
    expect(refusedRequest(requestWith({ originalUrl: '/mounted/here' }), 'right-missing', null, 'r1').url).toBe('/mounted/here');
    expect(refusedRequest(requestWith({ method: undefined, url: undefined, headers: {} }), 'right-missing', null, 'r1'))
      .toMatchObject({ userAgent: null, method: '', url: '' });
  });
});

describe('a request that is turned away', () => {
  /** The answers that were sent and the refusals that were noted. */
  function watchRefuse() {
    const seen = { sent: [] as unknown[], noted: [] as RefusedRequest[] };
    const refuse = createRefuse({
      sendProblem: (_request, _response, error) => void seen.sent.push(error), requestId: () => 'r1',
      onRefused: (refusal) => void seen.noted.push(refusal),
    });
    return { seen, refuse: (error: unknown) => refuse(requestWith(), response, error, null) };
  }

  it.each(['right-missing', 'unknown-url', 'too-many-requests'] as const)('with %s, is answered and noted once', (code) => {
    const { seen, refuse } = watchRefuse();
    const error = new AppError(code);
    refuse(error);
    expect(seen.sent).toEqual([error]);
    expect(seen.noted).toMatchObject([{ code, requestId: 'r1' }]);
  });

  it.each([
    new AppError('not-ready'), new AppError('internal'), new Error('a fault'),
  ])('because of %s, which is the server\'s, is answered and not noted', (error) => {
    const { seen, refuse } = watchRefuse();
    refuse(error);
    expect(seen).toEqual({ sent: [error], noted: [] });
  });
});
