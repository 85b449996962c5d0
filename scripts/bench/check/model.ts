/** Who may do what, the same for all contestants: 100 roles, 1,000 users with three of them, 100 kinds of resources. */
export interface CheckModel {
  readonly roles: readonly CheckRole[];
  readonly users: readonly CheckUser[];
}

/** Allows each of its actions on each of its kinds. */
export interface CheckRole {
  readonly name: string;
  readonly actions: readonly string[];
  readonly kinds: readonly string[];
}

export interface CheckUser {
  readonly name: string;
  readonly roles: readonly string[];
}

export interface Question {
  /** Place in the list of users. */
  readonly user: number;
  readonly action: string;
  readonly kind: string;
}

/** One call, and its answers. */
export interface Call {
  readonly questions: readonly Question[];
  readonly answers: readonly boolean[];
}

/** What a call asks: one question, each possible one about one user, or one about each user. */
export const shapes = ['one', 'ofOneUser', 'ofAllUsers'] as const;
export type Shape = (typeof shapes)[number];

export const actions = ['read', 'create', 'update', 'delete', 'approve', 'share', 'export', 'publish', 'archive', 'assign'];
export const kinds = Array.from({ length: 100 }, (_each, index) => `kind-${index}`);
const [roleCount, userCount] = [100, 1_000];

export const model: CheckModel = {
  roles: Array.from({ length: roleCount }, (_each, role) => ({
    name: `role-${role}`, actions: take(actions, 5, role, 1), kinds: take(kinds, 10, role, 7),
  })),
  users: Array.from({ length: userCount }, (_each, user) => ({
    name: `user-${user}`, roles: [user, user * 7 + 13, user * 31 + 50].map((role) => `role-${role % roleCount}`).filter((role, index, all) => all.indexOf(role) === index),
  })),
};

/** The calls of one shape: 1,000 of one question, ten for each of 100 users and half of them about what is allowed, or 20 of 1,000. */
export function callsOf(shape: Shape): Call[] {
  const aboutEach = (turn: number) => model.users.map((_each, user) => questionAbout(user, turn));
  switch (shape) {
    case 'one': return Array.from({ length: 1_000 }, (_each, index) => callOf([questionAbout(Math.floor(index / 10) * 10, index % 10)]));
    case 'ofOneUser': return Array.from({ length: 20 }, (_each, index) => callOf(kinds.flatMap((kind) => actions.map((action) => ({ user: index * 41, action, kind })))));
    case 'ofAllUsers': return Array.from({ length: 20 }, (_each, turn) => callOf(aboutEach(turn)));
  }
}

/** Of each two questions one is about what a role of the user allows. */
function questionAbout(user: number, turn: number): Question {
  const roles = model.users[user]?.roles ?? [];
  const role = model.roles.find(({ name }) => name === pick(roles, turn));
  const isOfRole = (user + turn) % 2 === 0;
  return { user, action: pick(isOfRole ? role?.actions : actions, user + turn), kind: pick(isOfRole ? role?.kinds : kinds, user * 3 + turn) };
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
