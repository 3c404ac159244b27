import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterArn, clusterNameOf, isArn, parseArn, shortId, taskArn, taskDefinitionArn } from './arn.ts';

const SCOPE = { region: 'eu-west-1', accountId: '123456789012' };

it('makes ARNs in the long format and reads them back', () => {
  expect(clusterArn(SCOPE, 'web')).toBe('arn:aws:ecs:eu-west-1:123456789012:cluster/web');
  expect(taskDefinitionArn(SCOPE, 'web', 3)).toBe('arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3');
  const arn = taskArn(SCOPE, 'web', 'abc');
  expect(parseArn(arn)).toEqual({ ...SCOPE, type: 'task', path: 'web/abc' });
  expect(shortId(arn)).toBe('abc');
  expect(clusterNameOf(clusterArn(SCOPE, 'web'))).toBe('web');
});

it('takes the partitions of AWS and nothing that is no ECS ARN', () => {
  expect(parseArn('arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/web')).toBeDefined();
  for (const text of [
    '',
    'web',
    'arn:aws:ecs:eu-west-1:1234:cluster/web',
    'arn:aws:s3:eu-west-1:123456789012:cluster/web',
    'arn:aws:ecs:eu-west-1:123456789012:cluster/',
    'arn:aws:ecs::123456789012:cluster/web',
  ]) {
    expect(parseArn(text), text).toBeUndefined();
  }
  expect([isArn('arn:anything'), isArn('web')]).toEqual([true, false]);
});

it('reads back whatever id it was given', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w-]{1,60}$/), fc.stringMatching(/^[0-9a-f]{32}$/), (cluster, id) => {
      const parsed = parseArn(taskArn(SCOPE, cluster, id));
      return parsed?.type === 'task' && parsed.path === `${cluster}/${id}`;
    }),
  );
});
