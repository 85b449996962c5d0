import { escapeHtml } from '../../http/response/escape-html.ts';

/**
 * Creates the page of the API documentation: Swagger UI, with files of this server alone.
 *
 * Its paths are absolute, because relative ones would differ between /docs and /docs/.
 */
export const createDocsPage = (appName: string) => `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(appName)} API</title>
  <link rel="icon" type="image/png" sizes="32x32" href="/docs/favicon-32x32.png">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="stylesheet" href="/docs/look.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;

/** Starts Swagger UI. It is a separate file, so that the policy allows no inline script. A validatorUrl would call a foreign server. */
export const docsScript = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
});
`;

/** Gives the page the backgrounds and the type of the other pages. Swagger UI has a dark mode of its own, which start.js turns on. */
export const docsStyle = `
body { margin: 0; }
body, html.dark-mode, html.dark-mode body, html.dark-mode .swagger-ui { background: var(--page); font-family: var(--font); }
.swagger-ui .scheme-container, html.dark-mode .swagger-ui .scheme-container { background: var(--surface); box-shadow: none; }
`;

/** The content security policy: no foreign sources. Swagger UI sets style attributes and has its icons as data URLs. */
export const docsPolicy = [
  'default-src \'none\'',
  'script-src \'self\'',
  'style-src \'self\' \'unsafe-inline\'',
  'img-src \'self\' data:',
  'connect-src \'self\'',
  'base-uri \'none\'',
  'form-action \'none\'',
  'frame-ancestors \'none\'',
].join('; ');
