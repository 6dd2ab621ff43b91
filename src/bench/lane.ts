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
    description: 'without the message that Windows rendered from the fields',
    shape: (line) => Buffer.from(withoutMessage(line.toString('utf8'))),
  },
];

// Flat records call it `Message`, Winlogbeat's `message`; elsewhere `message` may be all there is.
function withoutMessage(text: string): string {
  const flat = withoutMember(text, 'Message');
  return text.includes('"event_data"') ? withoutMember(flat, 'message') : flat;
}

/** The lane of this name. */
export function findLane(name: string): Lane | undefined {
  return lanes.find((lane) => lane.name === name);
}
