import { look } from '../../http/response/look.ts';

/** The colour of buttons, and that of the text on them. Both are `#rrggbb`. */
export interface Accent {
  readonly color: string;
  readonly text: string;
}

/** An accent is the background of buttons, so it must differ from the page as WCAG 2.2 asks of controls (1.4.11). */
const minimum = 3;

/** The backgrounds of the pages, in light and in dark. */
const surfaces = surfacesIn(look);

/**
 * Why a colour cannot be the accent, as the rest of a sentence; undefined if it can.
 *
 * It is compared with the background of the pages in light and in dark. The text on it is black or white, of which one always has a
 * contrast of 4.5.
 */
export function accentFault(color: string): string | undefined {
  for (const [theme, cure, surface] of [['light', 'darker', surfaces.light], ['dark', 'lighter', surfaces.dark]] as const) {
    const ratio = contrast(color, surface);
    if (ratio < minimum) return `has a contrast of ${ratio.toFixed(2)} with ${theme} pages, and needs ${minimum}: choose a ${cure} colour`;
  }
  return undefined;
}

export function accentOf(color: string): Accent {
  return { color, text: contrast(color, '#ffffff') >= contrast(color, '#000000') ? '#ffffff' : '#000000' };
}

/** The contrast of two colours, from 1 to 21, by the formula of WCAG 2.2. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The token --surface stands twice in config/look.css: first the light one. */
function surfacesIn(css: string): { readonly light: string; readonly dark: string } {
  const [light, dark, ...more] = [...css.matchAll(/--surface:\s*([^;]*);/g)].map(([, value = '']) => value.trim());
  if (light === undefined || dark === undefined || more.length > 0 || ![light, dark].every((value) => /^#[\da-f]{6}$/i.test(value))) {
    throw new Error('config/look.css must set --surface twice, as #rrggbb: for light pages, and then for dark ones.');
  }
  return { light, dark };
}
