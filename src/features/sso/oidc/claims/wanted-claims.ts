import type { AttributeMapping } from '../../../identities/identity.types.ts';

/** The claims that a mapping reads. */
export interface WantedClaims {
  /** For each target the names of the claims of which one is enough. */
  readonly targets: readonly (readonly string[])[];
  /** The claims that hold groups. */
  readonly groups: readonly string[];
}

/** Finds the claims that a mapping reads, with its defaults. */
export function wantedClaims(mapping: AttributeMapping): WantedClaims {
  const { groups } = mapping;
  return { targets: Object.values(mapping).map(claimsOf), groups: groups === undefined ? [] : claimsOf(groups) };
}

function claimsOf(entry: AttributeMapping[string]): readonly string[] {
  const from = typeof entry === 'string' ? entry : entry.from;
  return (typeof from === 'string' ? [from] : from).map(claimOf);
}

/** A source is the whole name of a claim, or a JSON Pointer (RFC 6901) whose first part is that name. */
function claimOf(source: string): string {
  if (!source.startsWith('/')) return source;
  return (source.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}
