import { withoutMember } from './without-member.ts';

/** In which form records are measured. */
export interface Lane {
  readonly name: string;
  readonly description: string;
  /** The line as this lane has it; runs before anything is measured. */
  shape(line: Buffer): Buffer;
}

/** Every lane. */
export const lanes: readonly Lane[] = [
  { name: 'full', description: 'records as they are', shape: (line) => line },
  {
    name: 'nomsg',
    description: 'without the rendered `Message` of flat Windows records',
    shape: (line) => Buffer.from(withoutMember(line.toString('utf8'), 'Message')),
  },
];
