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
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../node_modules/swagger-ui-dist' : builtFolder, import.meta.url));
}
