import type { ServiceReport, WorkerAnswer, WorkerQuestion } from './report.ts';

/**
 * Answers the process that started us for as long as it is there. `orphaned` is called when it is
 * gone: nobody would see us any more.
 */
export function answerParent(
  report: () => Promise<ServiceReport>,
  orphaned: () => void,
): Disposable {
  const onQuestion = ({ question }: WorkerQuestion): void => {
    void report().then((told) => {
      const answer: WorkerAnswer = { question, report: told };
      if (process.connected) process.send?.(answer, undefined, {}, () => undefined);
    });
  };
  process.on('message', onQuestion);
  process.on('disconnect', orphaned);
  return {
    [Symbol.dispose]: (): void => {
      process.off('message', onQuestion);
      process.off('disconnect', orphaned);
      if (process.connected) process.disconnect();
    },
  };
}
