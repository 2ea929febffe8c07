import type { Outside } from './group.ts';

/** A module of the OpenID Foundation's conformance suite for relying parties, rebuilt as a test of the same name. */
export interface ConformanceModule {
  /** The suite's name for it, so that a reader can compare. */
  readonly name: string;
  readonly plan: 'Basic RP' | 'Config RP' | 'Form Post RP' | 'comprehensive' | 'FAPI 2.0' | 'logout' | 'other';
  /** What the provider does, and what a relying party must do, in a few words. */
  readonly about: string;
  readonly outside?: Outside;
}

/** The modules, in the order of the suite's plans. Each without `outside` has a test whose title begins with its name. */
export const modules: readonly ConformanceModule[] = [];
