import { z } from 'zod';
import { string } from '../../http/input/fields.ts';
import type { Label } from './label.model.ts';

export const labelShape = z.object({ labelId: z.string(), name: z.string() });

export function labelView({ _id, name }: Label) {
  return { labelId: _id, name };
}

export const labelName = string({ min: 1, max: 64 });
