import type { Finding } from '../../http/census/census.types.ts';
import type { AppLayers, Layer } from '../../http/census/inspect-app.ts';
import { readPath } from '../../http/census/pattern-cover.ts';
import { guardOf } from './guard.ts';

/**
 * Finds guards with a parameter that their route does not have: they would refuse every request.
 *
 * A router without `mergeParams` hides the parameters of its mount path.
 */
export function findGuardFaults({ afterGate }: AppLayers): Finding[] {
  return afterGate.flatMap((served) => {
    if (served.kind === 'route') return faultsOf(served.route.stack, served.paths, served.ownPaths);
    return served.kind === 'guard' ? faultsOf([served.layer], served.prefixes, served.ownPaths) : [];
  });
}

function faultsOf(layers: readonly Layer[], paths: readonly string[], ownPaths: readonly string[]): Finding[] {
  const known = ownPaths.map(parametersOf);
  return layers.flatMap(({ handle }) => guardOf(handle)?.permissions ?? []).flatMap(({ text, parameters }) => (
    parameters.filter((parameter) => known.some((names) => !names.includes(parameter))).map((parameter) => ({
      check: 'guard-parameter', subject: `${text} at ${paths.join(', ')}`,
      cure: `The guard sees no parameter :${parameter}. Use a parameter of the path. A router that is mounted at a path with parameters `
        + 'needs { mergeParams: true }.',
    }))));
}

function parametersOf(path: string): string[] {
  return readPath(path)?.segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : [])) ?? [];
}
