import { serve } from '../../runtime/workers/serve.ts';
import { FileTester, type FileRun, type TestSettings } from './files.ts';

// A thread that runs the test files that it is given.
serve<TestSettings, string, FileRun>((settings, report) => {
  const tester = new FileTester(settings);
  return (testPath) => report(tester.run(testPath));
});
