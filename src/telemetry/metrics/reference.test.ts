/** What is written about the metrics elsewhere is true of the registry. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { quietSources } from '../../../test/fixtures/quiet-sources.ts';
import { Metrics } from './metrics.ts';

const metrics = new Metrics('1');
metrics.observe(quietSources);
const registered = metrics.registry.getMetricsAsArray() as unknown as {
  name: string;
  type: string;
  help: string;
  labelNames: readonly string[];
}[];
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('docs/reference/metrics.md lists every metric, with its type, labels and meaning', () => {
  const rows = read('docs/reference/metrics.md')
    .split('\n')
    .filter((line) => line.startsWith('| `longshore_'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const expected = registered.map(({ name, type, help, labelNames }) => [
    `\`${name}\``,
    type,
    labelNames.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  expect(rows).toEqual(expected);
});

test('the Grafana dashboard asks only for metrics there are, by labels they have', () => {
  const dashboard = JSON.parse(read('deploy/grafana/longshore.json')) as {
    panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[];
  };
  const series = new Map<string, readonly string[]>();
  for (const { name, type, labelNames } of registered) {
    const own = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const suffix of own) series.set(name + suffix, [...labelNames, 'job', 'instance', 'le']);
  }
  const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);
  expect(targets.length).toBeGreaterThan(30);
  for (const { expr, legendFormat } of targets) {
    const names = expr.match(/longshore_\w+/g) ?? [];
    expect(names, expr).not.toEqual([]);
    for (const name of names) expect([...series.keys()], expr).toContain(name);
    const labels = [
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/)),
      ...[...expr.matchAll(/[{,](\w+)=~?"/g)].map(([, label]) => label!),
      ...[...legendFormat.matchAll(/{{(\w+)}}/g)].map(([, label]) => label!),
    ];
    for (const label of labels) expect(series.get(names[0]!), `${label} in ${expr}`).toContain(label);
  }
});
