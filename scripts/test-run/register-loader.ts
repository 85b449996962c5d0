import { register } from 'node:module';
import type { LoaderData } from './loader.ts';

// Is given to `node --import`: Node then loads the project's TypeScript from the folder in which this file was compiled.
process.setSourceMapsEnabled(true);
const data: LoaderData = { folder: new URL('.', import.meta.url).href, project: new URL(import.meta.url).searchParams.get('project') ?? '' };
register('./loader.mjs', { parentURL: import.meta.url, data });
