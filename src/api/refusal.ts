/** A request that is refused before any face looks at it. Each face writes it in its own shape. */
export class Refusal extends Error {
  /** HTTP status, 4xx. */
  readonly status: number;
  /** What REST faces call it; the ECS API adds `Exception`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}
