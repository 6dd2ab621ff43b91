import type { Level } from './tree.ts';

/** The levels, least first. */
export const levels: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];
