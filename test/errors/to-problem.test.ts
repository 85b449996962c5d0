import { STATUS_CODES } from 'node:http';
import { AppError, toProblem } from '../../src/errors/errors.ts';
import { errorTable } from '../../src/errors/table.ts';
import type { ErrorCode } from '../../src/errors/table.ts';

describe('toProblem', () => {
  it('every code, alone, has the members of RFC 9457 and of the older convention, and none besides', () => {
    for (const code of Object.keys(errorTable) as ErrorCode[]) {
      const { status, detail } = errorTable[code];
      const problem = toProblem(new AppError(code, {}, new Error('what nobody may read')), 'request-1');
      expect(Object.keys(problem)).toEqual(['type', 'title', 'status', 'detail', 'statusCode', 'error', 'message', 'code', 'requestId']);
      expect(problem)
        .toMatchObject({ type: `urn:gatehouse:error:${code}`, status, detail, statusCode: status, code, requestId: 'request-1' });
      expect(problem.title)
        .toBe(
          STATUS_CODES[status]?.replace('Payload Too Large', 'Content Too Large').replace('Unprocessable Entity', 'Unprocessable Content'),
        );
      expect(problem.error).toBe(problem.title);
      expect(problem.message)
        .toBe(['right-missing', 'permission-missing', 'role-missing', 'policy-denies'].includes(code) ? 'Forbidden resource' : detail);
    }
  });
});
