export type { ClientSession } from 'mongoose';
