import { freePorts, LOOPBACK } from '../integration/services/ports.ts';

/** What an instance says of itself over HTTP. */
export class StatusPage {
  readonly listen: string;

  private constructor(port: number) {
    this.listen = `${LOOPBACK}:${String(port)}`;
  }

  /** A page on a free port, for the configuration of an instance. */
  static async reserve(): Promise<StatusPage> {
    const [port = 0] = await freePorts(1);
    return new StatusPage(port);
  }

  /** Status and text of a path; status 0 while nobody listens. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const answer = await fetch(`http://${this.listen}${path}`);
      return { status: answer.status, text: await answer.text() };
    } catch {
      return { status: 0, text: '' };
    }
  }

  /** The sum of a metric over all of its labels that hold this text; NaN if there is none. */
  async metric(name: string, label = ''): Promise<number> {
    return (await this.metrics())(name, label);
  }

  /** All metrics of one moment, each as the sum over its labels that hold a text. */
  async metrics(): Promise<(name: string, label?: string) => number> {
    const lines = (await this.get('/metrics')).text.split('\n');
    return (name, label = '') => {
      const values = lines
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
        .filter((line) => line.includes(label))
        .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
      return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
    };
  }
}
