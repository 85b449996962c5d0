import { AsyncLocalStorage } from 'node:async_hooks';
import mongoose from 'mongoose';
import type { ClientSession, Model, Query, Schema } from 'mongoose';
import type { Change } from '../changes/change.service.ts';

/** A transaction that is undone at its end, and the changes that were recorded in it. */
export interface Rehearsal {
  readonly session: ClientSession;
  readonly changes: Change[];
}

/** Knows in which rehearsal the running code is. */
export interface Rehearsals {
  /** Runs `work` in a rehearsal, with all that it calls and awaits. */
  run<T>(rehearsal: Rehearsal, work: () => Promise<T>): Promise<T>;
  /** Undefined outside a rehearsal. */
  current(): Rehearsal | undefined;
  /** Plugin of a schema: inside a rehearsal, a write outside its transaction throws, since nothing would undo it. */
  readonly guard: (schema: Schema) => void;
}

/** Creates the rehearsals of one Gatehouse; other requests are not in them, and run beside them. */
export function createRehearsals(): Rehearsals {
  const storage = new AsyncLocalStorage<Rehearsal>();
  let running = 0;

  const current = (): Rehearsal | undefined => (running === 0 ? undefined : storage.getStore());

  function requireSession(session: unknown, where: string): void {
    const rehearsal = current();
    if (rehearsal && session !== rehearsal.session) throw new Error(`Rehearsal: ${where} would write outside the transaction that is undone.`);
  }

  return {
    current,
    async run(rehearsal, work) {
      running += 1;
      try {
        return await storage.run(rehearsal, work);
      } finally {
        running -= 1;
        // In use, it slows down every promise of the process (Node 20).
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
      // Hooks of insertMany are not told its options.
      schema.static('insertMany', function (this: Model<unknown>, documents: unknown, options: { readonly session?: ClientSession } = {}) {
        requireSession(options.session, 'insertMany');
        return Reflect.apply(mongoose.Model.insertMany, this, [documents, options]) as Promise<unknown>; // what it always answers
      });
      schema.pre('bulkWrite', (_operations: unknown, options?: { readonly session?: ClientSession }) => {
        requireSession(options?.session, 'bulkWrite');
      });
    },
  };
}
