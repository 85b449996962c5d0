import { readFileSync } from 'node:fs';

/** The tokens of colour and type for all pages: the text of `config/look.css`. */
export const look = readFileSync(new URL('../../../config/look.css', import.meta.url), 'utf8');
