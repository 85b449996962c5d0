import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The files of Swagger UI that the documentation page loads, with their content types. */
export const swaggerFiles: ReadonlyMap<string, string> = new Map([
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

/**
 * The folder of these files beside this file in the built package.
 *
 * The files are copied there, because swagger-ui-dist depends on a package that reports each installation.
 */
export const builtFolder = 'docs-files';

/** The folder of these files: the copies of the build, or in a checkout the development dependency. */
export function swaggerFolder(): string {
  if (!import.meta.url.endsWith('.ts')) return fileURLToPath(new URL(builtFolder, import.meta.url));
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}
