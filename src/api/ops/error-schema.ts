import Type from 'typebox';

/** How a route outside the documented APIs refuses. */
export const errorSchema = Type.Object(
  {
    code: Type.String({ examples: ['Forbidden'] }),
    message: Type.String({ description: 'What is wrong, and what to do about it.' }),
  },
  { additionalProperties: true, description: 'A refusal.' },
);
