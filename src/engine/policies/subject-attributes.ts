/** The attributes of a user or client that conditions may read as `subject.NAME`. */
export const subjectAttributes = ['id', 'email', 'emailVerified', 'roles', 'memberships', 'department', 'attributes'] as const;

/** The form of NAME in `subject.attributes.NAME`. A deployment declares these names. */
export const attributeName = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** A value for each of these attributes. An attribute can be absent for some users. */
export type SubjectAttributes = Readonly<Partial<Record<(typeof subjectAttributes)[number], unknown>>>;
