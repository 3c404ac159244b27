import { expect, it } from 'vitest';
import type { ContainerDefinition, TaskDefinition } from './ecs-model.ts';
import { fargateRefusal, platformVersion } from './fargate.ts';

const base: TaskDefinition = { networkMode: 'awsvpc', cpu: '256', memory: '512', containerDefinitions: [{}] };
const withContainer = (container: ContainerDefinition) => ({ ...base, containerDefinitions: [container] });

/** GiB that AWS lists for each size of CPU: from, to, in steps of. */
const TABLE: [number, number, number, number][] = [
  [512, 1, 4, 1],
  [1024, 2, 8, 1],
  [2048, 4, 16, 1],
  [4096, 8, 30, 1],
  [8192, 16, 60, 4],
  [16384, 32, 120, 8],
];

it('takes the sizes of AWS and none beside them', () => {
  const accepted = new Set(['256/512', '256/1024', '256/2048']);
  for (const [cpu, from, to, step] of TABLE) {
    for (let gib = from; gib <= to; gib += step) accepted.add(`${cpu}/${gib * 1024}`);
  }
  for (const cpu of [128, 256, 512, 1024, 2048, 3072, 4096, 8192, 16384, 32768]) {
    for (const memory of [256, 512, ...Array.from({ length: 130 }, (_, index) => (index + 1) * 1024)]) {
      const refusal = fargateRefusal({ ...base, cpu: String(cpu), memory: String(memory) });
      expect(refusal === undefined, `${cpu}/${memory}`).toBe(accepted.has(`${cpu}/${memory}`));
    }
  }
});

it.each<[TaskDefinition, string]>([
  [{ ...base, networkMode: 'bridge' }, 'Fargate only supports network mode ‘awsvpc’.'],
  [{ ...base, networkMode: undefined }, 'Fargate only supports network mode ‘awsvpc’.'],
  [{ ...base, cpu: undefined }, "requires that 'cpu'"],
  [{ ...base, memory: undefined }, "requires that 'memory'"],
  [{ ...base, pidMode: 'host' }, "do not support pidMode 'host'"],
  [{ ...base, ephemeralStorage: { sizeInGiB: 20 } }, '21 to 200'],
  [{ ...base, placementConstraints: [{ type: 'memberOf' }] }, 'placement constraints'],
  [{ ...base, volumes: [{ name: 'v', host: { sourcePath: '/srv' } }] }, 'host volumes'],
  [withContainer({ privileged: true }), 'privileged'],
  [withContainer({ name: 'c', stopTimeout: 121 }), 'at most 120 seconds'],
  [withContainer({ linuxParameters: { sharedMemorySize: 64 } }), 'linuxParameters.sharedMemorySize'],
  [withContainer({ logConfiguration: { logDriver: 'awslogs' } }), 'execution role ARN'],
])('says why not: %j', (definition, why) => expect(fargateRefusal(definition)).toContain(why));

it('knows the platform versions', () => {
  expect([undefined, 'LATEST', '1.3.0'].map(platformVersion)).toEqual(['1.4.0', '1.4.0', '1.3.0']);
  expect(() => platformVersion('9.9.9')).toThrow(expect.objectContaining({ code: 'PlatformUnknown' }));
});
