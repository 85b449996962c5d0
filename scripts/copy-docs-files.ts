import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtFolder, swaggerFiles, swaggerFolder } from '../src/features/system/docs-files.ts';

/** Apache-2.0, section 4, requires these beside the files. */
const licences = ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt'];

/** Copies the files of the documentation page, with their licences, and the look of all pages to where a built package reads them. */
export async function copyDocsFiles(dist: string): Promise<void> {
  const folder = join(dist, 'src', 'features', 'system', builtFolder);
  await mkdir(folder, { recursive: true });
  await mkdir(join(dist, 'config'), { recursive: true });
  await copyFile(join('config', 'look.css'), join(dist, 'config', 'look.css'));
  for (const name of [...swaggerFiles.keys(), ...licences]) await copyFile(join(swaggerFolder(), name), join(folder, name));
}

// Part of `npm run build`.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await copyDocsFiles('dist');
