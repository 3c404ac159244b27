import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { ajvOptions, refuseInPlainWords } from './request-validation.ts';

test.each([
  [{ password: 'short' }, 'password: at least 12 characters.'],
  [{ password: 'long enough to be one' }, 'password: at most 20 characters.'],
  [{ password: '' }, 'password: at least 12 characters.'],
  [{ password: {} }, 'body password must be string.'],
  [{}, "body must have required property 'password'."],
])('%j: %s', async (payload, message) => {
  const app = fastify({ ajv: ajvOptions });
  refuseInPlainWords(app);
  const schema = {
    body: {
      type: 'object',
      required: ['password'],
      properties: { password: { type: 'string', minLength: 12, maxLength: 20 } },
    },
  };
  app.post('/', { schema }, () => 'taken');
  const answer = await app.inject({ method: 'POST', url: '/', payload });
  expect(answer.json()).toMatchObject({ message });
  await app.close();
});
