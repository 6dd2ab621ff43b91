import type { Scenario } from './scenario.ts';
import { developerDay } from './scenarios/developer-day.ts';

/** Every bundled story. */
export const scenarios: readonly Scenario[] = [developerDay];
