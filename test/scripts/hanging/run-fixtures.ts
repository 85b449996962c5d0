import { runJest } from '../../../scripts/test-run/run-jest.ts';

// A process that runs fixtures as `npm test` runs tests, and prints how that ended: { folder, files, limit }.
const { folder, files, limit } = JSON.parse(process.argv[2] ?? '') as { folder: string; files: string[]; limit: number };
const { counts } = await runJest({
  name: 'fixtures', folder, files, limit, options: [], uri: '', loader: process.env['TEST_LOADER'] ?? '', form: 'short',
  signal: new AbortController().signal, shuffle: undefined,
});
console.log(`\n${JSON.stringify(counts)}`);
