import { createHash } from 'node:crypto';
import type { PageReply } from '../route/define-route.ts';

/** A small page with a form. */
export interface FormPage {
  readonly title: string;
  /** The HTML before the script. */
  readonly body: string;
  /** The only script that may run in the page. */
  readonly script: string;
}

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem; color: #1b1f24; }
label { display: block; margin: 1rem 0; } input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
[hidden] { display: none; }`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Creates the page. Its CSP allows only its own script and style, by their hashes. */
export function createFormPage({ title, body, script }: FormPage): PageReply {
  return {
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse: ${title}</title>
<style>${style}</style>
${body}
<script>${script}</script>
</html>
`,
    headers: {
      'Content-Security-Policy': `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; `
        + 'connect-src \'self\'; base-uri \'none\'; form-action \'none\'; frame-ancestors \'none\'',
      'Referrer-Policy': 'no-referrer',
    },
  };
}
