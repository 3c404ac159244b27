import {
  CreateClusterCommand,
  DeleteClusterCommand,
  ListContainerInstancesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Ecs, exception } from '../fixtures/ecs.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
let ecs: Ecs;
let resources: Map<string, string>;
const send: Ecs['client']['send'] = ((command: never) => ecs.client.send(command)) as never;
const tagsOf = async (resourceArn: string) =>
  (await send(new ListTagsForResourceCommand({ resourceArn }))).tags;

beforeAll(async () => {
  server = await startServer();
  ecs = new Ecs(server.url);
  const { cluster } = await send(new CreateClusterCommand({}));
  const definition = await ecs.register('tagged');
  const [task] = await ecs.run(definition);
  const { containerInstanceArns } = await send(new ListContainerInstancesCommand({}));
  resources = new Map([
    ['a cluster', cluster!.clusterArn!],
    ['a task definition', definition],
    ['a task', task!.taskArn!],
    ['a container instance', containerInstanceArns![0]!],
  ]);
});
afterAll(() => server?.stop());

it.each(['a cluster', 'a task definition', 'a task', 'a container instance'])('tags %s', async (what) => {
  const resourceArn = resources.get(what)!;
  const tag = (...keys: string[]) =>
    send(new TagResourceCommand({ resourceArn, tags: keys.map((key) => ({ key, value: key })) }));
  expect(await tagsOf(resourceArn)).toEqual([]);
  await tag('a', 'b');
  await send(new TagResourceCommand({ resourceArn, tags: [{ key: 'a', value: 'new' }] }));
  const expected = [
    { key: 'a', value: 'new' },
    { key: 'b', value: 'b' },
  ];
  expect(await tagsOf(resourceArn)).toEqual(expected);
  await send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'unknown'] }));
  expect(await tagsOf(resourceArn)).toEqual([{ key: 'b', value: 'b' }]);
  await expect(tag(...Array.from({ length: 50 }, (_, index) => `k${index}`))).rejects.toMatchObject(
    exception('InvalidParameterException', 'maximum number of tags'),
  );
  await expect(tag('aws:mine')).rejects.toMatchObject(exception('InvalidParameterException', "'aws:'"));
  expect(await tagsOf(resourceArn)).toEqual([{ key: 'b', value: 'b' }]);
});

it.each([
  ['no ARN', 'InvalidParameterException', 'Invalid resourceArn'],
  ['arn:aws:ecs:us-east-1:000000000000:constructor/x', 'InvalidParameterException', "'constructor' have no"],
  ['arn:aws:ecs:us-east-1:000000000000:cluster/none', 'ClusterNotFoundException', 'Cluster not found.'],
  [
    'arn:aws:ecs:us-east-1:000000000000:task/default/none',
    'InvalidParameterException',
    'The specified task is not found',
  ],
])('refuses %s', async (arn, name, message) => {
  await expect(tagsOf(arn)).rejects.toMatchObject(exception(name, message));
});

it('refuses to tag a cluster that is INACTIVE', async () => {
  const { cluster } = await send(new CreateClusterCommand({ clusterName: 'gone' }));
  await send(new DeleteClusterCommand({ cluster: 'gone' }));
  const tagging = send(new TagResourceCommand({ resourceArn: cluster!.clusterArn!, tags: [{ key: 'a' }] }));
  await expect(tagging).rejects.toMatchObject(
    exception('InvalidParameterException', 'The specified cluster is inactive'),
  );
});
