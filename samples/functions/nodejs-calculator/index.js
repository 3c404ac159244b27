const operations = {
  add: (one, other) => one + other,
  subtract: (one, other) => one - other,
  multiply: (one, other) => one * other,
  divide: (one, other) => one / other,
};

export default async function handler({ operation, values }) {
  if (values.length === 0) throw new Error('values is empty: give at least one number');
  const value = values.reduce(operations[operation]);
  if (!Number.isFinite(value)) throw new Error(`the result of ${operation} is no number: ${value}`);
  return { value };
}
