import { moveDefinitions, openAnswers } from '../../../src/http/openapi/named-schemas.ts';

const user = { type: 'object', properties: { id: { type: 'string' } }, additionalProperties: false };

describe('named schemas', () => {
  it('definitions in a schema and in one another, moved once, and referred to', () => {
    const named = new Map<string, Record<string, unknown>>();
    const page = { items: { $ref: '#/$defs/User' }, $defs: { User: user, Team: { of: { $ref: '#/$defs/User' } } } };
    const moved = { items: { $ref: '#/components/schemas/User' } };
    expect(moveDefinitions([page, page], named)).toEqual([moved, moved]);
    expect(Object.fromEntries(named)).toEqual({ User: user, Team: { of: { $ref: '#/components/schemas/User' } } });
  });

  it('one name for two schemas, refused', () => {
    const two = [{ $defs: { User: user } }, { $defs: { User: { type: 'string' } } }];
    expect(() => moveDefinitions(two, new Map())).toThrow('Two schemas have the name User.');
  });

  it('answers, opened at every depth, records of any fields as they were', () => {
    const closed = { ...user, properties: { list: { items: user }, any: { type: 'object', additionalProperties: {} } } };
    expect(openAnswers(closed)).toEqual({
      type: 'object', properties: {
        list: { items: { type: 'object', properties: user.properties } }, any: { type: 'object', additionalProperties: {} },
      },
    });
  });
});
