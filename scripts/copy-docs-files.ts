import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtFolder, swaggerFiles, swaggerFolder } from '../src/features/system/docs-files.ts';

/** Apache-2.0, section 4, requires these beside the files. */
const licences = ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt'];

/** Copies the files of the documentation page, with their licences, to the place where a package built into `dist` reads them. */
export async function copyDocsFiles(dist: string): Promise<void> {
  const folder = join(dist, 'src', 'features', 'system', builtFolder);
  await mkdir(folder, { recursive: true });
  for (const name of [...swaggerFiles.keys(), ...licences]) await copyFile(join(swaggerFolder(), name), join(folder, name));
}

// Part of `npm run build`.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await copyDocsFiles('dist');
