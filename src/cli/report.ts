import type { Command } from 'commander';

import { addReportDataflow } from './report-dataflow.ts';

/** `tidegate report`: what people ask for who are not at the screen, such as auditors. */
export function addReport(program: Command): void {
  const report = program.command('report').description('reports over recorded telemetry');
  addReportDataflow(report);
}
