import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import { createLabelRoutes } from './label.routes.ts';
import type { LabelStore } from './label.store.ts';

export interface LabelsModuleDeps extends Pick<Platform, 'changes'> {
  readonly stores: { readonly labels: LabelStore };
}

/** Creates the module of labels. */
export function createLabelsModule({ stores, changes }: LabelsModuleDeps) {
  return { name: 'labels', routes: createLabelRoutes({ store: stores.labels, changes }) } satisfies Module;
}
