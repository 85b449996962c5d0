/** The attributes of a user or client that conditions may read as `subject.NAME`. */
export const subjectAttributes = ['id', 'email', 'emailVerified', 'roles', 'memberships', 'department', 'attributes'] as const;

/** A value for each of these attributes. An attribute can be absent for some users. */
export type SubjectAttributes = Readonly<Partial<Record<(typeof subjectAttributes)[number], unknown>>>;
