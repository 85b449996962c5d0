import { readOptions } from '../../../src/cli/command-line/read-options.ts';

const options = { revoke: { type: 'string' }, data: { type: 'string' }, dry: { type: 'boolean' } } as const;

describe('readOptions', () => {
  it.each([
    [['--revoke', '-aB3_x'], { revoke: '-aB3_x' }], // the id of a key may begin so
    [['--revoke', '-aB3_x', '--data', '/tmp/x'], { revoke: '-aB3_x', data: '/tmp/x' }],
    [['--revoke=--aB3_x', '--dry'], { revoke: '--aB3_x', dry: true }],
    [[], {}],
  ])('%j, read as %j', (args, values) => {
    expect({ ...readOptions(options, args) }).toEqual(values);
  });

  it.each([
    [['--revoke', '--dry']], [['--dry', '-x']], [['--dri']], [['--data', '--revoke', 'x']], [['word']],
  ])('%j, refused with the options that there are', (args) => {
    expect(() => readOptions(options, args)).toThrow('Options: --revoke, --data, --dry.');
  });
});
