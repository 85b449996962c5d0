/** How much a test run proves: `short` at the desk, `ci` for every change, `full` for the figures that are published. */
export type Form = 'short' | 'ci' | 'full';

const forms: readonly Form[] = ['short', 'ci', 'full'];

/** The form that the environment names: TEST_FORM, or else `ci` with CI=true, or else `short`. Throws for an unknown TEST_FORM. */
export function formOf({ TEST_FORM, CI }: Readonly<Record<string, string | undefined>>): Form {
  if (TEST_FORM === undefined || TEST_FORM === '') return CI === 'true' ? 'ci' : 'short';
  const found = forms.find((each) => each === TEST_FORM);
  if (!found) throw new Error(`TEST_FORM is "${TEST_FORM}". Cure: use one of ${forms.join(', ')}.`);
  return found;
}
