import type { Element, Node } from '@xmldom/xmldom';

/** The namespaces of SAML 2.0, of its signatures and of its encryption. */
export const namespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
} as const;

export type Namespace = keyof typeof namespaces;

function isElement(node: Node): node is Element {
  return node.nodeType === node.ELEMENT_NODE;
}

/** The elements directly in this one, in their order. */
export function childElements(parent: Element): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node; node = node.nextSibling) if (isElement(node)) found.push(node);
  return found;
}

/** Whether it is the element of this name of SAML. A name alone never counts: another namespace makes another element. */
export function isNamed(element: Element, namespace: Namespace, name: string): boolean {
  return element.localName === name && element.namespaceURI === namespaces[namespace];
}

/** The elements of this name directly in this one. */
export function childrenNamed(parent: Element, namespace: Namespace, name: string): Element[] {
  return childElements(parent).filter((child) => isNamed(child, namespace, name));
}

/** The only element of this name directly in this one; null if there are none, or several. */
export function onlyChild(parent: Element | null, namespace: Namespace, name: string): Element | null {
  const [first, ...others] = parent ? childrenNamed(parent, namespace, name) : [];
  return first && others.length === 0 ? first : null;
}

/** This element and all elements in it, in the order of the document. */
export function allElements(root: Element): Element[] {
  const found: Element[] = [];
  const open = [root];
  for (let element = open.pop(); element; element = open.pop()) {
    found.push(element);
    open.push(...childElements(element).reverse());
  }
  return found;
}

/** All elements of this local name in any namespace, because other readers look at the name alone. */
export function allNamed(root: Element, ...names: readonly string[]): Element[] {
  return allElements(root).filter(({ localName }) => localName !== null && names.includes(localName));
}

/** The text of an element that holds nothing but text; null if it holds elements. */
export function plainText(element: Element | null): string | null {
  return element && childElements(element).length === 0 ? element.textContent : null;
}

/** An attribute without a namespace; null if it is absent. */
export function attributeOf(element: Element | null, name: string): string | null {
  return element?.getAttribute(name) ?? null;
}
