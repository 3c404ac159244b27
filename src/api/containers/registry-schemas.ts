/** The OpenAPI document of registries, and of questions to them for newer images. */
import Type from 'typebox';
import { extra, optionalText, text, time } from './schemas.ts';

export const updateQuery = Type.Object({
  refresh: Type.Optional(
    Type.Boolean({ description: 'Ask the registry again, though what it said is not old.' }),
  ),
});
export const updateChecks = Type.Object({
  images: Type.Optional(
    Type.Array(Type.String(), { description: 'References or ids; all that the caller sees where absent.' }),
  ),
  refresh: Type.Optional(Type.Boolean()),
});
const nullable = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const imageCheckMembers = {
  image: text('The reference that was asked for.', ['nginx:latest']),
  image_id: Type.String(),
  status: Type.Union([
    Type.Literal('up_to_date'),
    Type.Literal('update_available'),
    Type.Literal('not_checkable'),
  ]),
  current: nullable('Digest that the machine has it under.'),
  latest: nullable('Digest that the registry has.'),
  reason: nullable(
    'Why it cannot be told: local, pinned, missing, refused, throttled, unreachable, no_variant, unreadable.',
  ),
  message: nullable('The same in words.'),
  checked_at: nullable('When the registry was asked.'),
  retry_at: nullable('Before this a registry that asked for fewer requests is not asked again.'),
};
export const imageCheck = Type.Object(imageCheckMembers, extra);
export const containerCheck = Type.Object(
  {
    container_id: Type.String(),
    name: Type.String(),
    image_replaced: Type.Boolean({
      description: 'The machine has another image under the reference than the container is made of.',
    }),
    ...imageCheckMembers,
  },
  extra,
);
export const registryParams = Type.Object({
  registry_id: text('Id, or the address of one of the own account.', ['ghcr.io']),
});
export const registryQuery = Type.Object({
  check: Type.Optional(Type.Boolean({ description: 'Store them only if the registry takes them.' })),
});
const credentialMembers = {
  name: optionalText('What people call it; the address where absent.'),
  username: text('With a token, the name that the registry wants with it.'),
  password: optionalText('Never told again.'),
  token: optionalText('In place of a password.'),
};
export const registryCreation = Type.Object({
  address: text('As images name it: docker.io, or host[:port].', ['ghcr.io']),
  ...credentialMembers,
  insecure: Type.Optional(
    Type.Boolean({
      description: 'Plain HTTP, which only loopback and --insecure-registry are spoken to by.',
    }),
  ),
});
export const registryChanges = Type.Partial(Type.Object(credentialMembers));
export const registry = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    address: Type.String(),
    username: Type.String(),
    insecure: Type.Boolean(),
    account: Type.String(),
    created_at: time,
    updated_at: time,
  },
  extra,
);
export const registryCheck = Type.Object(
  {
    id: Type.String(),
    address: Type.String(),
    status: text('ok, open (it answers without credentials), refused, throttled or unreachable.'),
    message: Type.String(),
  },
  extra,
);
