import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The files of Swagger UI that the documentation page asks for, and what they are. */
export const swaggerFiles: ReadonlyMap<string, string> = new Map([
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

/** Where they are beside this file in the built package: a package of its own would bring one that reports each installation. */
export const builtFolder = 'docs-files';

/** The folder of these files: the build's copies, or in a checkout the package that only development has. */
export function swaggerFolder(): string {
  if (!import.meta.url.endsWith('.ts')) return fileURLToPath(new URL(builtFolder, import.meta.url));
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}
