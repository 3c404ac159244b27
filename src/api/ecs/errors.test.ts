import { describe, expect, test } from 'vitest';
import * as sdk from '@aws-sdk/client-ecs';
import { AppError, EngineError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { EcsError, toEcsError } from './errors.ts';

const id = 'the-request';

test.each<[ErrorCode, string, number]>([
  ['Client', 'ClientException', 400],
  ['InvalidParameter', 'InvalidParameterException', 400],
  ['ClusterNotFound', 'ClusterNotFoundException', 400],
  ['ResourceNotFound', 'ResourceNotFoundException', 404],
  ['AccessDenied', 'AccessDeniedException', 400],
  ['Server', 'ServerException', 500],
  ['Unavailable', 'ServerException', 503],
  ['NotImplemented', 'NotImplementedException', 501],
])('%s is %s, %d', (code, type, status) => {
  const error = toEcsError(new AppError(code, 'why'), id);
  expect([error.type, error.status, error.message]).toEqual([type, status, 'why']);
});

test('further members of the answer are kept, and cannot change its type', () => {
  const error = toEcsError(new AppError('Conflict', 'why', { resourceIds: ['a'], __type: 'x' }), id);
  expect(JSON.parse(error.body())).toEqual({
    __type: 'ConflictException',
    message: 'why',
    resourceIds: ['a'],
  });
});

test('every exception of core is one that the SDK knows, or stands for a status above 500', () => {
  const codes: ErrorCode[] = [
    'AttributeLimitExceeded',
    'ClusterContainsServices',
    'ClusterContainsTasks',
    'Conflict',
  ];
  codes.push(
    'LimitExceeded',
    'PlatformUnknown',
    'ResourceInUse',
    'TargetNotFound',
    'UpdateInProgress',
    'AlreadyExists',
  );
  for (const code of codes) expect(sdk).toHaveProperty(toEcsError(new AppError(code, ''), id).type);
});

describe('an engine', () => {
  test('that fails is unavailable', () => {
    const error = toEcsError(new EngineError('EngineUnavailable', 'no socket'), id);
    expect([error.type, error.status, error.message]).toEqual(['ServerException', 503, 'no socket']);
  });

  test('that can never do it makes it an unsupported feature', () => {
    const error = toEcsError(new EngineError('UnsupportedByEngine', 'no GPUs'), id);
    expect([error.type, error.status]).toEqual(['UnsupportedFeatureException', 400]);
  });
});

test.each([
  new Error('password=hunter2'),
  'text',
  undefined,
  null,
  7,
  { code: 'FST_ERR_CTP_X' },
  { statusCode: 400, message: 'hunter2' },
])('what nobody expected (%s) tells nothing but the request', (thrown) => {
  const error = toEcsError(thrown, id);
  expect([error.type, error.status]).toEqual(['ServerException', 500]);
  expect(error.message).toContain(id);
  expect(error.message).not.toContain('hunter2');
});

test('a client that went away is no failure of the server', () => {
  const error = toEcsError(Object.assign(new Error('aborted'), { code: 'ECONNRESET', statusCode: 400 }), id);
  expect([error.type, error.status]).toEqual(['SerializationException', 400]);
});

test('an answer that is one already stays', () => {
  const error = new EcsError('SerializationException', 400, 'x');
  expect(toEcsError(error, id)).toBe(error);
});
