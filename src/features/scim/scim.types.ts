/** An attribute with its characteristics (RFC 7643, section 2.2). */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';
  readonly description: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  /** Whether letter case makes a difference in comparisons. */
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable';
  readonly returned: 'always' | 'default';
  readonly uniqueness: 'none' | 'server';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  /** Those of a complex attribute. */
  readonly subAttributes: readonly Attribute[];
  /** How many values a multi-valued attribute can have. */
  readonly maxValues: number;
  /** How many values of it one operation can name. */
  readonly maxGiven: number;
}

/** A schema: the core schema of a resource type, or an extension. */
export interface ScimSchema {
  readonly urn: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A resource type. The names of its attributes differ from each other, also between its schemas. */
export interface ResourceType {
  readonly name: 'User' | 'Group';
  /** The path below `/scim/v2`. */
  readonly endpoint: string;
  readonly description: string;
  readonly schema: ScimSchema;
  readonly extensions: readonly ScimSchema[];
}

/** An attribute, or one of its sub-attributes. */
export interface AttributeRef {
  readonly attribute: Attribute;
  readonly sub?: Attribute;
}

export type ScimScalar = string | boolean;
/** One value of a complex attribute. Its names are those of sub-attributes in the table. */
export type ScimComplex = Readonly<Record<string, ScimScalar>>;
export type ScimValue = ScimScalar | ScimComplex | readonly ScimComplex[];

/**
 * What a client wrote, by the names of the attributes in the table. Attributes of extensions stand beside those of the core schema.
 * There is no empty text, no empty list and no empty object: such an attribute is missing.
 */
export type ScimValues = Readonly<Record<string, ScimValue>>;

/** A resource: what a client wrote, and what the server knows about it. */
export interface ScimResource {
  readonly id: string;
  readonly values: ScimValues;
  readonly createdAt: Date;
  readonly changedAt: Date;
}
