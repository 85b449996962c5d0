import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors/errors.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { wildcardPath } from '../../http/input/fields.ts';
import { swaggerFiles, swaggerFolder } from './docs-files.ts';
import { look } from '../../http/response/look.ts';
import { createDocsPage, docsPolicy, docsScript, docsStyle } from './docs-page.ts';

/** Creates `GET /docs`, a page that shows `/openapi.json`, and the routes of its files. It works without the internet. */
export function createDocsRoutes(appName: string) {
  const docsPage = createDocsPage(appName);
  return [
    defineRoute({
      method: 'GET',
      url: '/docs', id: 'showDocs',
      ignoresQuery: true,
      summary: 'Shows this documentation as a page.',
      output: 'html',
      errors: [],
      handler: () => ({ body: docsPage, headers: { 'Content-Security-Policy': docsPolicy } }),
    }),
    defineRoute({
      method: 'GET',
      url: '/docs/*path', id: 'getDocsFile',
      ignoresQuery: true,
      summary: 'Serves a file of the documentation page.',
      input: { params: { path: wildcardPath({ max: 100 }) } },
      output: 'file',
      errors: ['file-not-found'],
      cacheControl: 'public, max-age=3600',
      handler: async ({ input }) => {
        const file = files.get(input.params.path);
        if (!file) throw new AppError('file-not-found');
        return { contentType: file.contentType, body: await file.read() };
      },
    }),
  ];
}

/** All files of the page. The requested name is looked up here and never becomes a path on the disk. */
const files = new Map([
  ['start.js', { contentType: 'text/javascript; charset=utf-8', read: () => Promise.resolve<string | Buffer>(docsScript) }],
  ['look.css', { contentType: 'text/css; charset=utf-8', read: () => Promise.resolve<string | Buffer>(`${look}${docsStyle}`) }],
  ...[...swaggerFiles].map(([name, contentType]) => [name, { contentType, read: () => readFile(join(swaggerFolder(), name)) }] as const),
]);
