/** The methods a registered URL may name. HEAD is served as GET, OPTIONS is answered by the gate itself. */
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export type Method = (typeof methods)[number];

export function isMethod(text: string): text is Method {
  return (methods as readonly string[]).includes(text);
}
