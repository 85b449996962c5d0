/** Replaces each `{{name}}` of a text by its value, which is not read again. A name without a value stays as it is. */
export function fillIn(text: string, values: Readonly<Record<string, string>>, escape = (value: string) => value): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? escape(values[name] ?? '') : whole));
}
