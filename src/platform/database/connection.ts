export type { Connection } from 'mongoose';
