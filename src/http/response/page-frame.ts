import { createHash } from 'node:crypto';
import type { PageReply } from '../route/define-route.ts';
import { look } from './look.ts';

/** The parts of a page. */
export interface FramedPage {
  /** Plain text, which is not escaped here. */
  readonly title: string;
  /** HTML. */
  readonly body: string;
  readonly script?: string;
}

const style = `${look}
* { box-sizing: border-box; }
body { font: var(--size)/var(--line-height) var(--font); margin: 0; color: var(--text); background: var(--page); }
main {
  width: min(26rem, 100% - 2rem); margin: clamp(1rem, 8vh, 5rem) auto; padding: 1.5rem 1.5rem 2rem; background: var(--surface);
  border-radius: var(--radius); box-shadow: 0 1px 3px rgb(0 0 0 / .2);
}
header { display: flex; align-items: center; gap: .75rem; margin-bottom: 1.5rem; color: var(--muted); font-weight: 600; }
header span { overflow-wrap: anywhere; min-width: 0; }
header img { max-width: 8rem; max-height: 2.5rem; border-radius: calc(var(--radius) / 2); background: #ffffff; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
label { display: block; margin: 0 0 1rem; font-weight: 600; }
small { display: block; color: var(--muted); font-size: .875rem; font-weight: 400; }
input, textarea, button { font: inherit; width: 100%; padding: .625rem .75rem; border-radius: var(--radius); }
input, textarea { margin-top: .25rem; color: var(--text); background: var(--surface); border: 1px solid var(--border); }
button { margin-top: .5rem; border: 0; color: var(--on-accent); background: var(--accent); font-weight: 600; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
output { display: block; margin-top: 1rem; overflow-wrap: anywhere; color: var(--bad); }
output:empty { display: none; }
output.good { color: var(--good); }
a { color: inherit; overflow-wrap: anywhere; }
[hidden] { display: none !important; }`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const styleHash = hashOf(style);

/** Creates a page with the common look. Its CSP allows its own style and script alone, and images and calls of this server. */
export function framePage({ title, body, script }: FramedPage): PageReply {
  return {
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
${body}
</main>
${script === undefined ? '' : `<script>${script}</script>\n`}</html>
`,
    headers: {
      'Content-Security-Policy': `default-src 'none'; ${script === undefined ? '' : `script-src ${hashOf(script)}; `}`
        + `style-src ${styleHash}; `
        + 'img-src \'self\'; connect-src \'self\'; base-uri \'none\'; form-action \'none\'; frame-ancestors \'none\'',
      'Referrer-Policy': 'no-referrer',
    },
  };
}
