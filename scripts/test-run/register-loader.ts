import { register } from 'node:module';
import type { LoaderData } from './loader.ts';

// For `node --import`: Node then loads the project's TypeScript from the folder into which this file was compiled.
process.setSourceMapsEnabled(true);
const own = new URL(import.meta.url);
const data: LoaderData = { folder: new URL('.', own).href, project: own.searchParams.get('project') ?? '' };
register('./loader.mjs', { parentURL: import.meta.url, data });
