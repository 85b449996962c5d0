import { compareServers } from './compare.ts';
import { events } from './events.scenario.ts';
import { features } from './features.scenario.ts';
import { middlewares } from './middlewares.scenario.ts';
import { prototypeScenarios } from './prototypes.scenario.ts';

// Compares the servers on the Node that runs it, and sends the comparison to its parent process.
const comparison = await compareServers({ features, events, middlewares, ...prototypeScenarios });
process.send?.({ node: process.version, ...comparison }, () => process.exit());
