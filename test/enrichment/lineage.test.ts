import { expect } from 'chai';
import fc from 'fast-check';

import type { ProcessFacts } from '../../src/event/event.ts';
import { LINEAGE_LIMITS, LineageTracker } from '../../src/enrichment/lineage.ts';
import type { LineageLimits } from '../../src/enrichment/lineage.ts';
import type { SyntheticEvent } from '../../src/workbench/synthetic-event.ts';
import { event, policy } from './events.ts';

const day = 86_400_000;

/** Feeds events in order and returns what the last one was given. */
function last(tracker: LineageTracker, ...events: readonly SyntheticEvent[]): SyntheticEvent {
  for (const each of events) {
    if (tracker.feeds(each)) tracker.observe(each);
    tracker.enrich(each);
  }
  const found = events[events.length - 1];
  if (found === undefined) throw new Error('no events');
  return found;
}

function tracker(limits: Partial<LineageLimits> = {}): LineageTracker {
  return new LineageTracker(policy, { ...LINEAGE_LIMITS, ...limits });
}

function start(time: number, process: ProcessFacts): SyntheticEvent {
  return event('process_creation', time, process);
}

function end(time: number, process: ProcessFacts): SyntheticEvent {
  return event('process_termination', time, process);
}

function read(time: number, process: ProcessFacts): SyntheticEvent {
  return event('file_access', time, process, { TargetFilename: '/x' });
}

function agentOf(found: SyntheticEvent): unknown {
  return found.derived.get('process.ai_agent.name');
}

// A chain of launches by pid: agent 100, then 101, 102, 103 below each other.
const chain: readonly SyntheticEvent[] = [
  start(0, {
    pid: 100,
    executable: '/agents/claude',
    parent: { pid: 1, executable: '/sbin/init' },
  }),
  start(10, { pid: 101, executable: '/bin/bash', commandLine: 'bash -c x', parent: { pid: 100 } }),
  start(20, { pid: 102, executable: '/usr/bin/python3', parent: { pid: 101 } }),
  start(30, { pid: 103, executable: '/bin/cat', commandLine: 'cat x', parent: { pid: 102 } }),
];

describe('lineage', () => {
  it("marks the agent's own process as no descendant", () => {
    const found = last(tracker(), ...chain.slice(0, 1), read(40, { pid: 100 }));
    expect(Object.fromEntries(found.derived)).to.deep.equal({
      'process.ai_agent.name': 'claude',
      'process.ai_agent.is_descendant': false,
      'process.executable': '/agents/claude',
      'process.parent.executable': '/sbin/init',
      'tidegate.lineage.depth': 0,
      'tidegate.lineage.is_own_program': true,
      'tidegate.lineage.origin': 'observed',
      'tidegate.lineage.root.entity_id': '100@0',
      'tidegate.lineage.root.executable': '/agents/claude',
    });
  });

  it('carries the agent to a descendant at depth three, with what its launch said', () => {
    const found = last(tracker(), ...chain, read(40, { pid: 103 }));
    expect(Object.fromEntries(found.derived)).to.deep.equal({
      'process.ai_agent.name': 'claude',
      'process.ai_agent.is_descendant': true,
      'process.command_line': 'cat x',
      'process.executable': '/bin/cat',
      'process.parent.executable': '/usr/bin/python3',
      'tidegate.lineage.depth': 3,
      'tidegate.lineage.is_own_program': false,
      'tidegate.lineage.origin': 'observed',
      'tidegate.lineage.root.entity_id': '100@0',
      'tidegate.lineage.root.executable': '/agents/claude',
    });
  });

  it('carries the agent to any depth', () => {
    const all = tracker();
    last(all, ...chain);
    for (let pid = 104; pid < 400; pid += 1) {
      last(all, start(pid, { pid, executable: '/bin/sh', parent: { pid: pid - 1 } }));
    }
    const found = last(all, read(1000, { pid: 399 }));
    expect(agentOf(found)).to.equal('claude');
    expect(found.derived.get('tidegate.lineage.depth')).to.equal(299);
  });

  it('leaves processes beside the agent alone', () => {
    const found = last(
      tracker(),
      ...chain,
      start(40, { pid: 200, executable: '/bin/bash', parent: { pid: 1 } }),
      read(50, { pid: 200 }),
    );
    expect(found.derived.size).to.equal(0);
  });

  it('keeps hosts apart', () => {
    const found = last(tracker(), ...chain, event('file_access', 40, { pid: 103 }, { host: 'h2' }));
    expect(found.derived.size).to.equal(0);
  });

  it('outlives the ancestors', () => {
    const found = last(
      tracker(),
      ...chain,
      end(40, { pid: 102 }),
      end(41, { pid: 101 }),
      end(42, { pid: 100 }),
      read(day, { pid: 103 }),
    );
    expect(agentOf(found)).to.equal('claude');
  });
});

describe('lineage: process identity', () => {
  it('gives a reused pid to its new owner, without an exit between', () => {
    const all = tracker();
    last(all, ...chain);
    const found = last(
      all,
      start(90_000, { pid: 103, executable: '/usr/bin/make', parent: { pid: 1 } }),
      read(90_001, { pid: 103 }),
    );
    expect(found.derived.size).to.equal(0);
  });

  it('forgets an ended process after the grace, and not before', () => {
    const all = tracker({ graceMs: 1000 });
    last(all, ...chain, end(100, { pid: 103 }));
    expect(agentOf(last(all, read(1100, { pid: 103 })))).to.equal('claude');
    expect(agentOf(last(all, read(1101, { pid: 103 })))).to.equal(undefined);
  });

  it('does not take an event of another Windows image for the process with its pid', () => {
    const image = 'C:\\agents\\claude.exe';
    const all = tracker();
    last(all, start(0, { pid: 8, executable: image }));
    const device = '\\Device\\HarddiskVolume3\\agents\\claude.exe';
    expect(agentOf(last(all, read(5, { pid: 8, executable: device })))).to.equal('claude');
    const other = 'C:\\Windows\\explorer.exe';
    expect(agentOf(last(all, read(6, { pid: 8, executable: other })))).to.equal(undefined);
  });

  it('takes a script and its interpreter for one process outside Windows', () => {
    const all = tracker();
    last(all, ...chain.slice(0, 1));
    last(all, start(10, { pid: 101, executable: '/home/x/run.py', parent: { pid: 100 } }));
    const found = last(all, read(20, { pid: 101, executable: '/usr/bin/python3.12' }));
    expect(agentOf(found)).to.equal('claude');
  });

  it('tells processes of one pid apart by their GUIDs', () => {
    const all = tracker();
    last(
      all,
      start(0, { guid: 'a', pid: 7, executable: '/agents/claude' }),
      start(10_000, { guid: 'b', pid: 7, executable: '/bin/ls', parent: { pid: 1 } }),
    );
    expect(agentOf(last(all, read(10_001, { guid: 'b', pid: 7 })))).to.equal(undefined);
    expect(agentOf(last(all, read(10_001, { guid: 'a', pid: 7 })))).to.equal('claude');
    expect(agentOf(last(all, read(10_001, { pid: 7 })))).to.equal(undefined);
  });

  it('tells processes of one pid apart by their start, where a sensor gives it', () => {
    const all = tracker();
    last(all, start(50_000, { pid: 7, start: 50_000, executable: '/agents/claude' }));
    expect(agentOf(last(all, read(60_000, { pid: 7, start: 50_000 })))).to.equal('claude');
    expect(agentOf(last(all, read(60_000, { pid: 7, start: 20_000 })))).to.equal(undefined);
    expect(agentOf(last(all, read(60_000, { pid: 7, start: 55_000 })))).to.equal(undefined);
  });

  it('does not take a GUID of zeros for an identity', () => {
    const zeros = '{00000000-0000-0000-0000-000000000000}';
    const all = tracker();
    last(all, start(0, { guid: zeros, pid: 7, executable: '/agents/claude' }));
    expect(agentOf(last(all, read(5, { guid: zeros, pid: 9 })))).to.equal(undefined);
    expect(agentOf(last(all, read(5, { guid: zeros, pid: 7 })))).to.equal('claude');
  });

  for (const first of ['Sysmon', 'Security']) {
    it(`joins the reports of two sensors on one launch when ${first} comes first`, () => {
      const image = 'C:\\agents\\claude.exe';
      const sysmon = { guid: 'g', pid: 8, executable: image, commandLine: 'claude -p' };
      const security = { pid: 8, executable: '\\Device\\HarddiskVolume1\\agents\\claude.exe' };
      const [one, other] = first === 'Sysmon' ? [sysmon, security] : [security, sysmon];
      const all = tracker();
      last(all, start(0, one), start(3, other));
      last(all, start(9, { pid: 9, executable: 'C:\\b.exe', parent: { pid: 8 } }));
      expect(all.statistics().entries).to.equal(2);
      for (const process of [{ guid: 'g' }, { pid: 8 }, { pid: 9 }]) {
        const found = last(all, read(20, process));
        expect(agentOf(found)).to.equal('claude');
        expect(found.derived.get('tidegate.lineage.root.entity_id')).to.equal('g');
      }
      const commandLine = last(all, read(20, { pid: 8 })).derived.get('process.command_line');
      expect(commandLine).to.equal('claude -p');
    });
  }

  it('stays with a process that replaces its program', () => {
    const all = tracker();
    last(all, ...chain);
    const bash = { pid: 101, executable: '/usr/bin/curl', parent: { pid: 100 } };
    const found = last(all, start(50, bash), read(60, { pid: 101 }));
    expect(agentOf(found)).to.equal('claude');
    expect(found.derived.get('process.executable')).to.equal('/usr/bin/curl');
    const agent = { pid: 100, executable: '/bin/bash', parent: { pid: 1 } };
    expect(agentOf(last(all, start(70, agent), read(80, { pid: 100 })))).to.equal('claude');
  });
});

describe('lineage: agents that nobody saw starting', () => {
  it('knows a running agent by the image that an event names', () => {
    const all = tracker();
    const found = last(
      all,
      event('network_connection', 5, { pid: 7, executable: '/agents/codex' }),
    );
    expect(agentOf(found)).to.equal('codex');
    expect(found.derived.get('tidegate.lineage.origin')).to.equal('inferred');
    const child = start(9, { pid: 8, executable: '/bin/sh', parent: { pid: 7 } });
    expect(agentOf(last(all, child, read(10, { pid: 8 })))).to.equal('codex');
  });

  it('knows a running agent by what its child says of it', () => {
    const parent = { pid: 7, executable: '/usr/bin/node', commandLine: 'node codex.js' };
    const found = last(tracker(), start(9, { pid: 8, executable: '/bin/sh', parent }));
    expect(agentOf(found)).to.equal('codex');
    expect(found.derived.get('tidegate.lineage.origin')).to.equal('inferred');
    expect(found.derived.get('tidegate.lineage.depth')).to.equal(1);
  });

  it('puts known descendants into the tree when their ancestor turns out to belong to it', () => {
    const all = tracker();
    last(
      all,
      start(10, {
        guid: 'c',
        pid: 3,
        executable: '/bin/sh',
        parent: { guid: 'b', pid: 2, executable: '/bin/sh' },
      }),
      start(11, { guid: 'd', pid: 4, executable: '/bin/cat', parent: { guid: 'c', pid: 3 } }),
    );
    expect(agentOf(last(all, read(12, { guid: 'd' })))).to.equal(undefined);
    last(
      all,
      start(13, {
        guid: 'b',
        pid: 2,
        executable: '/bin/sh',
        parent: { guid: 'a', pid: 1, executable: '/agents/claude' },
      }),
    );
    const found = last(all, read(14, { guid: 'd' }));
    expect(agentOf(found)).to.equal('claude');
    expect(found.derived.get('tidegate.lineage.depth')).to.equal(3);
  });

  it('adopts children that were told of before their parent, at one time, by pid alone', () => {
    const all = tracker();
    last(
      all,
      start(0, { pid: 100, executable: '/agents/claude' }),
      start(5000, { pid: 103, executable: '/bin/cat', parent: { pid: 102 } }),
      start(5000, { pid: 102, executable: '/bin/sh', parent: { pid: 101 } }),
      start(5000, { pid: 104, executable: '/bin/ls', parent: { pid: 102 } }),
      start(5000, { pid: 101, executable: '/bin/bash', parent: { pid: 100 } }),
    );
    for (const pid of [101, 102, 103, 104]) {
      expect(agentOf(last(all, read(5000, { pid }))), String(pid)).to.equal('claude');
    }
    expect(last(all, read(5001, { pid: 103 })).derived.get('tidegate.lineage.depth')).to.equal(3);
  });

  it('adopts the latest of very many orphans of one pid, and looks at no more', () => {
    const found = tracker();
    const orphan = (n: number): ProcessFacts => ({
      pid: 1000 + n,
      executable: '/bin/x',
      parent: { pid: 7 },
    });
    last(found, ...Array.from({ length: 100 }, (_, n) => start(0, orphan(n))));
    last(found, start(0, { pid: 7, executable: '/agents/claude' }));
    const agents = Array.from({ length: 100 }, (_, n) => agentOf(last(found, read(1, orphan(n)))));
    expect(agents.filter((agent) => agent === 'claude')).to.have.lengthOf(64);
    expect(agents[99]).to.equal('claude');
  });

  it('does not adopt children of an earlier owner of the pid', () => {
    const all = tracker();
    last(
      all,
      start(0, { pid: 7, executable: '/bin/cat', parent: { pid: 100 } }),
      start(2001, { pid: 100, executable: '/agents/claude' }),
    );
    expect(agentOf(last(all, read(2002, { pid: 7 })))).to.equal(undefined);
  });

  it('lets an agent below another agent act on its own account', () => {
    const all = tracker();
    last(all, ...chain);
    const found = last(
      all,
      start(50, { pid: 200, executable: '/agents/codex', parent: { pid: 101 } }),
    );
    expect(agentOf(found)).to.equal('codex');
    expect(found.derived.get('process.ai_agent.is_descendant')).to.equal(true);
    expect(found.derived.get('tidegate.lineage.depth')).to.equal(0);
    const child = start(60, { pid: 201, executable: '/bin/ls', parent: { pid: 200 } });
    expect(agentOf(last(all, child))).to.equal('codex');
  });

  it("keeps an agent's helpers of the same program in its tree", () => {
    const all = tracker();
    const helper = { pid: 200, executable: '/agents/claude', parent: { pid: 100 } };
    const found = last(all, ...chain, start(50, helper));
    expect(found.derived.get('process.ai_agent.is_descendant')).to.equal(true);
    expect(found.derived.get('tidegate.lineage.root.entity_id')).to.equal('100@0');
  });

  it('tells the agent itself, but no more, where a sensor names no process', () => {
    const found = last(tracker(), event('file_access', 5, { executable: '/agents/claude' }));
    expect(agentOf(found)).to.equal('claude');
    expect(found.derived.get('tidegate.lineage.origin')).to.equal('inferred');
    expect(tracker().statistics().entries).to.equal(0);
  });
});

describe('lineage: who acts for whom', () => {
  const helping = new LineageTracker({ ...policy, actsForStarter: (agent) => agent === 'server' });
  const server = { pid: 201, executable: '/agents/server', parent: { pid: 100 } };

  it('a tool server belongs to the agent that started it', () => {
    const found = last(helping, ...chain, start(40, server), read(50, { pid: 201 }));
    expect(agentOf(found)).to.equal('claude');
    expect(found.derived.get('tidegate.lineage.is_own_program')).to.equal(false);
  });

  it('and is one of its own where no agent did', () => {
    const alone = { ...server, pid: 301, parent: { pid: 1, executable: '/sbin/init' } };
    expect(agentOf(last(helping, start(60, alone), read(70, { pid: 301 })))).to.equal('server');
  });

  it("tells an agent's own helper from what it runs", () => {
    const helper = { pid: 401, executable: '/agents/claude', parent: { pid: 100 } };
    const found = last(tracker(), ...chain, start(40, helper), read(50, { pid: 401 }));
    expect(found.derived.get('tidegate.lineage.is_own_program')).to.equal(true);
    expect(found.derived.get('process.ai_agent.is_descendant')).to.equal(true);
  });

  // [image, boundary]
  const boundaries: readonly (readonly [string, string | undefined])[] = [
    ['C:\\Windows\\System32\\wsl.exe', 'wsl'],
    ['/usr/bin/ssh', 'ssh'],
    ['C:\\Windows\\System32\\OpenSSH\\ssh.exe', 'ssh'],
    ['/usr/bin/qemu-system-x86_64', 'vm'],
    ['D:\\Claude\\resources\\cowork-svc.exe', 'vm'],
    ['/usr/bin/docker', 'container'],
    ['/usr/bin/ssh-keygen', undefined],
  ];
  for (const [executable, boundary] of boundaries) {
    it(`${executable} ${boundary === undefined ? 'is no boundary' : `leads into ${boundary}`}`, () => {
      const found = last(
        tracker(),
        ...chain,
        start(40, { pid: 501, executable, parent: { pid: 100 } }),
      );
      expect(found.derived.get('tidegate.lineage.boundary')).to.equal(boundary);
    });
  }
});

describe('lineage: limits and snapshots', () => {
  it('forgets a process that is silent for long', () => {
    const all = tracker({ memberIdleMs: day });
    last(all, ...chain.slice(0, 1));
    expect(agentOf(last(all, read(day, { pid: 100 })))).to.equal('claude');
    expect(agentOf(last(all, read(day + 1, { pid: 100 })))).to.equal(undefined);
  });

  it('removes what has expired when its host goes on', () => {
    const all = tracker({ otherIdleMs: 1000, memberIdleMs: 1000 });
    last(all, ...chain);
    expect(all.statistics().entries).to.equal(5);
    last(all, start(10_000_000, { pid: 5, executable: '/bin/ls' }));
    expect(all.statistics()).to.include({ entries: 1, evicted: 0 });
  });

  it('never holds more than its limits, and each host gives up only its own', () => {
    const limits = { membersPerHostMax: 32, othersPerHostMax: 32, rowsMax: 1000 };
    const all = tracker(limits);
    last(all, ...chain);
    for (let pid = 1000; pid < 2000; pid += 1) {
      const process = { pid, executable: '/bin/ls', parent: { pid: 5 } };
      last(all, event('process_creation', pid, process, { host: 'noisy' }));
      expect(all.statistics().entries).to.be.at.most(32 + 5);
    }
    expect(all.statistics().evicted).to.be.greaterThan(900);
    expect(agentOf(last(all, read(3000, { pid: 103 })))).to.equal('claude');
  });

  it('never holds more than its limit over all hosts', () => {
    const all = tracker({ rowsMax: 100 });
    for (let n = 0; n < 1000; n += 1) {
      const process = { pid: 7, executable: '/agents/claude' };
      last(all, event('process_creation', n, process, { host: `h${String(n)}` }));
      expect(all.statistics().entries).to.be.at.most(100);
    }
    expect(all.statistics().entries + all.statistics().evicted).to.equal(1000);
  });

  it('evicts the earliest expiry first', () => {
    const all = tracker({ membersPerHostMax: 16 });
    for (let pid = 1; pid <= 17; pid += 1)
      last(all, start(pid, { pid, executable: '/agents/claude' }));
    expect(agentOf(last(all, read(100, { pid: 1 })))).to.equal(undefined);
    expect(agentOf(last(all, read(100, { pid: 2 })))).to.equal(undefined);
    expect(agentOf(last(all, read(100, { pid: 3 })))).to.equal('claude');
  });

  it('goes on from a snapshot, through JSON, as if it had not stopped', () => {
    const before = [
      ...chain,
      start(40, { guid: 'g', pid: 300, executable: '/agents/codex' }),
      start(50, { guid: 'k', pid: 103, executable: '/bin/ls', parent: { guid: 'g' } }),
      end(60, { pid: 101 }),
    ];
    const after = (): SyntheticEvent[] => [
      start(70, { pid: 400, executable: '/bin/sh', parent: { pid: 102 } }),
      ...[100, 101, 102, 103, 300, 400].map((pid) => read(80, { pid })),
      read(90_000, { pid: 101 }),
      read(90_000, { guid: 'k' }),
    ];
    const whole = tracker();
    last(whole, ...before);
    const half = tracker();
    half.restore(JSON.parse(JSON.stringify(whole.snapshot())));
    const told = (all: LineageTracker): unknown =>
      after().map((each) => Object.fromEntries(last(all, each).derived));
    expect(told(half)).to.deep.equal(told(whole));
    expect(half.snapshot()).to.deep.equal(whole.snapshot());
    expect(half.statistics()).to.deep.equal(whole.statistics());
  });

  it('goes on from a snapshot at any moment as if it had not stopped, whatever comes', () => {
    const process = fc.record(
      {
        pid: fc.integer({ min: 1, max: 6 }),
        guid: fc.constantFrom('a', 'b', 'c', 'd'),
        executable: fc.constantFrom('/agents/claude', '/agents/codex', '/bin/sh', 'C:\\x.exe'),
        commandLine: fc.constantFrom('one', 'two'),
      },
      { requiredKeys: [] },
    );
    const step = fc.record({
      category: fc.constantFrom('process_creation', 'process_termination', 'file_access'),
      process,
      parent: fc.option(process, { nil: undefined }),
      afterMs: fc.constantFrom(0, 1, 1500, 3000, 70_000),
    });
    const limits = { membersPerHostMax: 5, othersPerHostMax: 5, rowsMax: 8, graceMs: 2000 };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, cut) => {
        const whole = tracker(limits);
        let other = tracker(limits);
        let time = 0;
        for (const [index, { category, process: own, parent, afterMs }] of steps.entries()) {
          time += afterMs;
          const facts = parent === undefined ? own : { ...own, parent };
          const told = [whole, other].map((each) =>
            Object.fromEntries(last(each, event(category, time, facts)).derived),
          );
          expect(told[1]).to.deep.equal(told[0]);
          expect(whole.statistics().entries).to.be.at.most(8);
          if (index !== cut) continue;
          const stored: unknown = JSON.parse(JSON.stringify(whole.snapshot()));
          other = tracker(limits);
          other.restore(stored);
        }
        expect(JSON.stringify(other.snapshot())).to.equal(JSON.stringify(whole.snapshot()));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps only the head of a long command line', () => {
    const commandLine = 'x'.repeat(100_000);
    const all = tracker();
    last(all, start(0, { pid: 7, executable: '/agents/claude', commandLine }));
    const found = last(all, read(1, { pid: 7 }));
    expect(found.derived.get('process.command_line')).to.have.length(1024);
  });
});
