import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findExportFaults } from './lint/exports.ts';
import { findCrowdedFolders } from './lint/folders.ts';

// Checks what no other lint does: folders that are too full, and exported names that mean two things or nothing.
const list = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.includes('node_modules')).map((path) => join(folder, path));
const read = (path: string) => ({ path, text: readFileSync(path, 'utf8') });
const source = list('src');
const checked = source.map(read);
const others = ['config', 'scripts', 'test', 'examples'].flatMap(list).map(read);
const faults = [...findCrowdedFolders(source), ...findExportFaults(checked, [...checked, ...others])];
for (const fault of faults) console.error(fault);
console.log(`${source.length} files of src checked: ${faults.length} faults.`);
process.exitCode = faults.length > 0 ? 1 : 0;
