/** A MongoDB filter. */
export type Filter = Readonly<Record<string, unknown>>;

/** A condition as a filter, or a boolean if it does not depend on the document. */
export type Part = Filter | boolean;
