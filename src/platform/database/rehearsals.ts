import { AsyncLocalStorage } from 'node:async_hooks';
import mongoose from 'mongoose';
import type { ClientSession, Model, Query, Schema } from 'mongoose';
import type { Change } from '../changes/change.service.ts';

/** A transaction that is rolled back at its end, and the changes that were recorded in it. */
export interface Rehearsal {
  readonly session: ClientSession;
  readonly changes: Change[];
}

/** Knows the rehearsal in which the running code is. */
export interface Rehearsals {
  /** Runs `work` in a rehearsal. Everything that `work` calls and awaits belongs to the rehearsal too. */
  run<T>(rehearsal: Rehearsal, work: () => Promise<T>): Promise<T>;
  /** Undefined outside a rehearsal. */
  current(): Rehearsal | undefined;
  /** A schema plugin: inside a rehearsal, a write outside its transaction throws, because nothing would roll it back. */
  readonly guard: (schema: Schema) => void;
}

/** Creates the rehearsals of one Gatehouse. Other requests run at the same time and are not affected. */
export function createRehearsals(): Rehearsals {
  const storage = new AsyncLocalStorage<Rehearsal>();
  let running = 0;

  const current = (): Rehearsal | undefined => (running === 0 ? undefined : storage.getStore());

  function requireSession(session: unknown, where: string): void {
    const rehearsal = current();
    if (rehearsal && session !== rehearsal.session) throw new Error(
      `Rehearsal: ${where} would write outside the transaction that is rolled back.`,
    );
  }

  return {
    current,
    async run(rehearsal, work) {
      running += 1;
      try {
        return await storage.run(rehearsal, work);
      } finally {
        running -= 1;
        // While it is in use, it slows down every promise of the process (Node 20).
        if (running === 0) storage.disable();
      }
    },
    guard(schema) {
      schema.pre([
        'deleteMany', 'deleteOne', 'findOneAndDelete', 'findOneAndReplace', 'findOneAndUpdate', 'replaceOne', 'updateMany', 'updateOne',
      ], { query: true, document: false }, function (this: Query<unknown, unknown>) {
        requireSession(this.getOptions().session, this.model.modelName);
      });
      schema.pre('save', function () {
        requireSession(this.$session(), 'doc.save()');
      });
      // Hooks of insertMany do not get its options.
      schema.static('insertMany', function (this: Model<unknown>, documents: unknown, options: { readonly session?: ClientSession } = {}) {
        requireSession(options.session, 'insertMany');
        return Reflect.apply(mongoose.Model.insertMany, this, [documents, options]) as Promise<unknown>; // Reflect.apply answers any
      });
      schema.pre('bulkWrite', (_operations: unknown, options?: { readonly session?: ClientSession }) => {
        requireSession(options?.session, 'bulkWrite');
      });
    },
  };
}
