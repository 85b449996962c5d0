import { formOf } from '../../scripts/test-run/form.ts';
import type { Form } from '../../scripts/test-run/form.ts';

/** The form of this run: `npm test` sets it for its workers and all that they start. */
export const form: Form = formOf(process.env);

/**
 * Chooses a figure of a proof by the form of this run.
 *
 * `short` must still find a gross fault. `ci` is large enough to find a fault that a change brings. `full` is the
 * figure that the documentation states.
 *
 * @example
 * const changes = proof({ short: 40, ci: 200, full: 1_000 });
 */
export function proof<T>(figures: Readonly<Record<Form, T>>): T {
  return figures[form];
}
