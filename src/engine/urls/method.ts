/** The methods that a registered URL may name. HEAD is served as GET. The gate itself answers OPTIONS. */
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export type Method = (typeof methods)[number];

export function isMethod(text: string): text is Method {
  return (methods as readonly string[]).includes(text);
}
