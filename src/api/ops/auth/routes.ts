/** Who may come in: keys, people, service accounts, tokens, and the way in and out. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginCallback } from 'fastify';
import { keyRoutes } from './keys.ts';
import { loginRoutes } from './login.ts';
import type { AuthRoutesOptions } from './options.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';

export function authRoutes(options: AuthRoutesOptions): FastifyPluginCallback {
  return (app, _, done) => {
    const typed = app.withTypeProvider<TypeBoxTypeProvider>();
    loginRoutes(typed, options);
    keyRoutes(typed, options);
    tokenRoutes(typed, options);
    userRoutes(typed, options);
    done();
  };
}
