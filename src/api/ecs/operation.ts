/**
 * The types of every ECS operation, taken from the command classes of the AWS SDK. An operation the SDK does not
 * know, or an answer with a member of the wrong name or type, does not compile.
 */
import type * as sdk from '@aws-sdk/client-ecs';
import type { Wire } from '../../core/ecs-model.ts';

type Sdk = typeof sdk;
type CommandClass = abstract new (...args: never[]) => { input: object };

/** `RunTask`, `DescribeTasks` ...: the name of each `XxxCommand` class. */
export type OperationName = {
  [K in Exclude<keyof Sdk, '$Command'>]: K extends `${infer Name}Command`
    ? Sdk[K] extends CommandClass
      ? Name
      : never
    : never;
}[Exclude<keyof Sdk, '$Command'>];

type Command<N extends OperationName> = `${N}Command` extends keyof Sdk
  ? Sdk[`${N}Command`] extends abstract new (...args: never[]) => infer C
    ? C
    : never
  : never;

type SdkInput<N extends OperationName> = Command<N> extends { input: infer I } ? I : never;

type SdkOutput<N extends OperationName> =
  Command<N> extends { resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<infer R> }
    ? R extends { output: infer O }
      ? O
      : never
    : never;

/** The SDK types a required member as `T | undefined`; once the validator has passed it, it is there. */
type Validated<T> = T extends readonly (infer U)[]
  ? Validated<U>[]
  : T extends object
    ? { [K in keyof T]: object extends Pick<T, K> ? Validated<T[K]> : Validated<NonNullable<T[K]>> }
    : T;

/** What a handler is given: required members are there, enums, ranges and patterns hold, timestamps are numbers. */
export type Input<N extends OperationName> = Validated<Wire<SdkInput<N>>>;

/**
 * What a handler answers with; members that are undefined are left out. State it as the handler's return type
 * (`Promise<Output<'RunTask'>>`): TypeScript refuses a surplus member only where the type is written down.
 */
export type Output<N extends OperationName> = Wire<Omit<SdkOutput<N>, '$metadata'>>;

export interface EcsScope {
  region: string;
  accountId: string;
}

/** One request, as a handler sees it. */
export interface EcsCall<Core> {
  core: Core;
  scope: EcsScope;
  requestId: string;
}

/** Throws `AppError` for what the caller did wrong; anything else that is thrown is the server's fault. */
export type Handler<Core, N extends OperationName> = (
  call: EcsCall<Core>,
  input: Input<N>,
) => Promise<Output<N>>;

/** An operation without a handler answers 501. */
export type Handlers<Core> = { [N in OperationName]?: Handler<Core, N> };
