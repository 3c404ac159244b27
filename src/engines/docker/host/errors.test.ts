import { expect, it } from 'vitest';
import { EngineError } from '../../../core/errors.ts';
import { DockerApiError } from '../client/connection.ts';
import { hostError } from './errors.ts';

/** As Docker 20.10 and Podman 4.3 answered. */
it.each([
  [
    409,
    'Conflict. The container name "/two" is already in use by container "d257". You have to …',
    'AlreadyExists',
  ],
  [500, 'creating container storage: the container name "two" is already in use by d618', 'AlreadyExists'],
  [409, 'network with name mynet already exists', 'AlreadyExists'],
  [500, 'network name mynet already used: network already exists', 'AlreadyExists'],
  [409, 'remove named: volume is in use - [155c]', 'ResourceInUse'],
  [403, 'error while removing network: network mynet id a6d3 has active endpoints', 'ResourceInUse'],
  [409, 'You cannot remove a running container 155c. Stop the container before …', 'ResourceInUse'],
  [500, 'cannot remove container cf38 as it is running - …: container state improper', 'ResourceInUse'],
  [409, 'Container 155c is already paused', 'Conflict'],
  [500, '"cf38" is not paused, can\'t unpause: container state improper', 'Conflict'],
  [409, 'Container d257 is not running', 'Conflict'],
  [404, 'No such image: nothing:1', 'ResourceNotFound'],
  [500, 'no container with name or ID "web2" found: no such container', 'ResourceNotFound'],
  [400, 'invalid mount config for type "bind": bind source path does not exist: /nope', 'InvalidParameter'],
  [403, 'bridge is a pre-defined network and cannot be removed', 'InvalidParameter'],
  [200, 'toomanyrequests: You have reached your pull rate limit.', 'Throttled'],
  [200, 'unauthorized: authentication required', 'AccessDenied'],
  [500, 'something broke', 'Server'],
])('%i "%s" is %s', (status, message, code) => {
  expect(hostError(new DockerApiError(status, message))).toMatchObject({ code });
});

it('leaves other errors as they are', () => {
  const error = new EngineError('EngineUnavailable', 'no answer');
  expect(hostError(error)).toBe(error);
});
