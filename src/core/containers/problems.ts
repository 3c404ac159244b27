/** Everything that is wrong with a request, told at once. */
import { AppError } from '../errors.ts';

export interface Problem {
  /** As the request calls it: `volumes[0].host_path`, `ports["80/tcp"]`. */
  field: string;
  message: string;
}

/** Nobody reads more, and a body may be full of them. */
const mostTold = 100;

export class Problems {
  readonly #found: Problem[] = [];

  add(field: string, message: string): void {
    if (this.#found.length < mostTold) this.#found.push({ field, message });
  }

  /** Keeps what `work` refuses as a problem of `field`; whatever else it throws goes on. */
  async collect(field: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'InvalidParameter') throw error;
      this.add(field, error.message);
    }
  }

  /** Throws `InvalidParameter` with all of them in `details.errors`, unless there are none. */
  refuse(): void {
    const [first, ...others] = this.#found;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new AppError('InvalidParameter', `${first.field}: ${first.message}${more}`, {
      errors: [...this.#found],
    });
  }
}
