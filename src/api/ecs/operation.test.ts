import { expect, expectTypeOf, test } from 'vitest';
import type { Handlers, Input, OperationName, Output } from './operation.ts';

// The compiler is the test: `tsc` fails where one of these lines stops being an error.

test('a wrong operation, member or type does not compile', () => {
  // @ts-expect-error an operation that does not exist
  const operation: OperationName = 'DescribeEverything';
  // @ts-expect-error a member that does not exist
  const surplus: Output<'DescribeTasks'> = { taskss: [] };
  // @ts-expect-error a Date where the wire has epoch seconds
  const date: Output<'DescribeTasks'> = { tasks: [{ createdAt: new Date() }] };
  // @ts-expect-error the SDK's metadata is no part of the wire
  const metadata: Output<'DescribeTasks'> = { $metadata: {} };
  // @ts-expect-error a required member is missing
  const incomplete: Input<'DeleteCluster'> = {};
  // @ts-expect-error a handler for an operation that does not exist
  const handlers: Handlers<null> = { Describe: () => Promise.resolve({}) };
  const answers: Handlers<null> = {
    // @ts-expect-error a surplus member in an answer whose type is stated
    DeleteCluster: async (): Promise<Output<'DeleteCluster'>> => ({ cluster: {}, clusters: [] }),
  };
  expect([operation, surplus, date, metadata, incomplete, handlers, answers]).toHaveLength(7);
});

test('a required member is never undefined for a handler, at any depth', () => {
  expectTypeOf<Input<'DescribeTasks'>['tasks']>().toEqualTypeOf<string[]>();
  expectTypeOf<Input<'DescribeTasks'>['cluster']>().toEqualTypeOf<string | undefined>();
  type Options = NonNullable<
    Input<'RegisterTaskDefinition'>['containerDefinitions'][number]['logConfiguration']
  >;
  expectTypeOf<Options['logDriver']>().not.toEqualTypeOf<undefined>();
  expectTypeOf<undefined>().not.toExtend<Options['logDriver']>();
});

test('only the last Command of a class is left off', () => {
  expectTypeOf<'ExecuteCommand'>().toExtend<OperationName>();
  expectTypeOf<'$'>().not.toExtend<OperationName>();
});
