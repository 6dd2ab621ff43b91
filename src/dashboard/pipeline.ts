import type { LoadedRule, PipelineReading } from './api/pipeline-shapes.ts';

/** What the dashboard learns from the detector, whether it runs here or not. */
export interface Pipeline {
  rules(): readonly LoadedRule[];
  /** The file of a rule, as it was loaded; undefined when it can not be read. */
  ruleText(id: string): string | undefined;
  reading(): PipelineReading;
  /** In Prometheus' text form. */
  metrics(): Promise<string>;
}
