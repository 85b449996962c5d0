import mongoose from 'mongoose';
import { createStoredAs } from '../../../src/engine/resources/stored-as.ts';

/** How the driver of the tests stores values. */
export const stored = createStoredAs(mongoose.mongo);
