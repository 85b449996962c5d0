export interface Question {
  /** Index in the list of users. */
  readonly user: number;
  readonly action: string;
  readonly kind: string;
}

/** One call, and its answers. */
export interface Call {
  readonly questions: readonly Question[];
  readonly answers: readonly boolean[];
}

/** The questions of one call: one question, every possible question about one user, or one question about each user. */
export const shapes = ['one', 'ofOneUser', 'ofAllUsers'] as const;
export type Shape = (typeof shapes)[number];

export const actions = ['read', 'create', 'update', 'delete', 'approve', 'share', 'export', 'publish', 'archive', 'assign'];
export const kinds = Array.from({ length: 100 }, (_each, index) => `kind-${index}`);
const [roleCount, userCount] = [100, 1_000];

/**
 * Who may do what, the same for all contestants: 100 roles, 1,000 users with up to three of them, 100 kinds of resources.
 *
 * A role allows each of its actions on each of its kinds.
 */
export const model = {
  roles: Array.from({ length: roleCount }, (_each, role) => ({
    name: `role-${role}`, actions: take(actions, 5, role, 1), kinds: take(kinds, 10, role, 7),
  })),
  users: Array.from({ length: userCount }, (_each, user) => ({
    name: `user-${user}`,
    roles: [...new Set([user, user * 7 + 13, user * 31 + 50].map((role) => `role-${role % roleCount}`))],
  })),
};

/** The calls of one shape: 1,000 calls of one question, ten for each of 100 users, or 20 calls of 1,000 questions. */
export function callsOf(shape: Shape): Call[] {
  const aboutEach = (turn: number) => model.users.map((_each, user) => questionAbout(user, turn));
  switch (shape) {
    case 'one': return Array.from({ length: 1_000 }, (_each, index) => callOf([questionAbout(Math.floor(index / 10) * 10, index % 10)]));
    case 'ofOneUser': return Array.from({ length: 20 }, (_each, index) => callOf(everyQuestionAbout(index * 41)));
    case 'ofAllUsers': return Array.from({ length: 20 }, (_each, turn) => callOf(aboutEach(turn)));
  }
}

function everyQuestionAbout(user: number): Question[] {
  return kinds.flatMap((kind) => actions.map((action) => ({ user, action, kind })));
}

/** Every second question is about an action that a role of the user allows. */
function questionAbout(user: number, turn: number): Question {
  const roles = model.users[user]?.roles ?? [];
  const role = model.roles.find(({ name }) => name === pick(roles, turn));
  const isOfRole = (user + turn) % 2 === 0;
  const [fromActions, fromKinds] = isOfRole ? [role?.actions, role?.kinds] : [actions, kinds];
  return { user, action: pick(fromActions, user + turn), kind: pick(fromKinds, user * 3 + turn) };
}

function callOf(questions: readonly Question[]): Call {
  return { questions, answers: questions.map(isAllowed) };
}

function isAllowed({ user, action, kind }: Question): boolean {
  const held = model.roles.filter(({ name }) => model.users[user]?.roles.includes(name));
  return held.some((role) => role.actions.includes(action) && role.kinds.includes(kind));
}

function take(all: readonly string[], count: number, from: number, step: number): string[] {
  return Array.from({ length: count }, (_each, index) => pick(all, from + index * step));
}

function pick(all: readonly string[] = [], index: number): string {
  return all[index % all.length] ?? '';
}
