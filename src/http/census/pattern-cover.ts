import { parsePattern } from '../../engine/urls/url-pattern.ts';
import type { Segment, UrlPattern } from '../../engine/urls/url-pattern.ts';

/** Parses a path of Express; null if the gate could not match it the same way. */
export function readPath(path: string): UrlPattern | null {
  try {
    return parsePattern(path);
  } catch {
    return null;
  }
}

/** Whether a URL ends in a wildcard. */
export function isWildcard(pattern: UrlPattern): boolean {
  return pattern.segments.at(-1)?.kind === 'wildcard';
}

/** Whether everything below a mount path is below the wildcard. */
export function coversMount(wildcard: UrlPattern, mountPath: string): boolean {
  return isBelow(wildcard, mountPath, (segment, other) => (segment.kind === 'param' ? isOnePart(other) : isSameText(segment, other)));
}

/** Whether something below a mount path is below the wildcard. */
export function meets(wildcard: UrlPattern, mountPath: string): boolean {
  return isBelow(wildcard, mountPath, (segment, other) => (
    segment.kind === 'param' || other?.kind !== 'literal' || isSameText(segment, other)));
}

function isBelow(wildcard: UrlPattern, mountPath: string, fits: (segment: Segment, other: Segment | undefined) => boolean): boolean {
  const mount = readPath(mountPath);
  return mount !== null && wildcard.segments.slice(0, -1).every((segment, index) => fits(segment, mount.segments[index]));
}

function isOnePart(segment: Segment | undefined): boolean {
  return segment !== undefined && segment.kind !== 'wildcard';
}

function isSameText(one: Segment, other: Segment | undefined): boolean {
  return one.kind === 'literal' && other?.kind === 'literal' && one.text === other.text;
}
