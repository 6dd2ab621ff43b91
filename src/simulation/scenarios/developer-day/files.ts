import { home, project } from './day.ts';

const teamNames = [
  'Engineering',
  'Design',
  'Finance',
  'Legal',
  'Marketing',
  'Operations',
  'People',
  'Product',
  'Sales',
  'Security',
  'Support',
  'Workplace',
] as const;

const months = Array.from({ length: 12 }, (_, month) => String(month + 1).padStart(2, '0'));

/** The protected folder: one sheet a team and month. */
export const payroll: readonly string[] = teamNames.flatMap((team) =>
  months.map((month) => `${home}\\Documents\\Payroll\\2025\\${team}\\payslips-2025-${month}.xlsx`),
);

/** Payroll sheets at the top, which people open. */
export const summaries: readonly [string, ...string[]] = [
  `${home}\\Documents\\Payroll\\summary-2025-q4.xlsx`,
  `${home}\\Documents\\Payroll\\summary-2025-q3.xlsx`,
  `${home}\\Documents\\Payroll\\headcount-2026.xlsx`,
  `${home}\\Documents\\Payroll\\bonus-plan-2026.xlsx`,
  `${home}\\Documents\\Payroll\\bank-file-2026-02.xlsx`,
];

const topics = ['kickoff', 'interfaces', 'budget', 'risks', 'retro', 'roadmap', 'notes', 'review'];

/** Documents that nobody protects. */
export const documents: readonly [string, ...string[]] = [
  `${home}\\Documents\\Projects\\overview.docx`,
  ...months.flatMap((month) =>
    topics.map((topic) => `${home}\\Documents\\Projects\\2025-${month}\\${topic}.docx`),
  ),
];

const areas = ['auth', 'billing', 'cargo', 'http', 'pilots', 'quays', 'storage', 'tides'] as const;
const kinds = ['handler', 'model', 'query', 'routes', 'schema', 'service', 'types'] as const;

/** Source files of the repository: honest reading of an agent is mostly this. */
export const sources: readonly [string, ...string[]] = [
  `${project}\\package.json`,
  ...areas.flatMap((area) =>
    kinds.flatMap((kind) =>
      ['.ts', '.test.ts', '.fixture.json'].map((end) => `${project}\\src\\${area}\\${kind}${end}`),
    ),
  ),
];

/** The same repository on the build machine. */
export const linuxSources: readonly [string, ...string[]] = [
  '/home/ana/src/harbour-core/CMakeLists.txt',
  ...areas.flatMap((area) =>
    kinds.flatMap((kind) =>
      ['.cc', '.h', '_test.cc'].map(
        (end) => `/home/ana/src/harbour-core/src/${area}/${kind}${end}`,
      ),
    ),
  ),
];

/** Packages that an install writes. */
export const packages: readonly [string, ...string[]] = [
  'fastify',
  'undici',
  'zod',
  'pino',
  'kysely',
  'semver',
  'ajv',
  'ms',
  'debug',
  'yaml',
  'commander',
  'chalk',
];
