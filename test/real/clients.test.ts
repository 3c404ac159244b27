/** The clients people have, typed as the API's documentation shows them, against real containers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../fixtures/processes.ts';
import { freePort } from '../fixtures/registry.ts';
import { page, pageServer } from '../fixtures/task-client.ts';
import { useWorkshop } from '../fixtures/workshop.ts';

const workshop = useWorkshop('embedded');
const client = () => workshop.it.client;
/** As the documentation has it: by name, on whichever of the machine's addresses it resolves to. */
const endpoint = () => `http://localhost:${new URL(workshop.it.server.url).port}`;
const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_REGION: 'us-east-1',
  AWS_PAGER: '',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const defaultCluster = 'arn:aws:ecs:us-east-1:000000000000:cluster/default';

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ls-client-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

it('curl', async () => {
  const said = await run('curl', [
    ...['-sS', '-X', 'POST', `${endpoint()}/v1/ListClusters`],
    ...['-H', 'Content-Type: application/x-amz-json-1.1'],
    ...['-H', 'X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters'],
    ...['-d', '{\n    "maxResults": 10\n  }'],
  ]);
  expect(JSON.parse(said)).toEqual({ clusterArns: [defaultCluster], nextToken: null });
});

it('curl without a header, which a page of any site could send too', async () => {
  const said = await run('curl', ['-sS', '-X', 'POST', `${endpoint()}/v1/ListClusters`, '-d', '{}']);
  expect(JSON.parse(said)).toMatchObject({
    message: expect.stringContaining("send 'Content-Type:") as string,
  });
});

it('the AWS command line', async () => {
  const aws = (...args: string[]) => run('aws', ['ecs', ...args, '--endpoint-url', endpoint()], { env });
  expect(JSON.parse(await aws('list-clusters'))).toEqual({ clusterArns: [defaultCluster] });
  const port = await freePort();
  const [container] = [pageServer('by-cli', { portMappings: [{ containerPort: 80, hostPort: port }] })];
  const definitions = JSON.stringify([
    { name: 'web', image: workshop.it.image, memory: 64, stopTimeout: 2, ...container },
  ]);
  await aws('register-task-definition', '--family', 'cli', '--container-definitions', definitions);
  const { tasks } = JSON.parse(await aws('run-task', '--task-definition', 'cli')) as {
    tasks: { taskArn: string }[];
  };
  const { taskArn } = tasks[0]!;
  await aws('wait', 'tasks-running', '--tasks', taskArn);
  expect(await page(`127.0.0.1:${port}`)).toBe('by-cli');
  await aws('stop-task', '--task', taskArn);
  await aws('wait', 'tasks-stopped', '--tasks', taskArn);
});

it('boto3', () =>
  inDirectory(async (directory) => {
    const script = join(directory, 'tasks.py');
    await writeFile(script, python(endpoint(), workshop.it.image));
    const said = await run('python3', [script], { env });
    expect(said.trim().split('\n')).toEqual([
      `['${defaultCluster}']`,
      'UserInitiated 0',
      'CannotPullContainerError',
    ]);
  }));

it('the Go SDK', () =>
  inDirectory(async (directory) => {
    await writeFile(join(directory, 'main.go'), go(endpoint(), workshop.it.image));
    const program = join(directory, 'tasks');
    const goEnv = {
      ...env,
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
      GOCACHE: join(directory, 'cache'),
      GOFLAGS: '-p=2',
    };
    await run('go', ['build', '-o', program, join(directory, 'main.go')], { env: goEnv });
    const said = await run(program, [], { env });
    expect(said.trim().split('\n')).toEqual([
      defaultCluster,
      'EssentialContainerExited 7',
      'ClusterNotFoundException',
    ]);
  }));

it('the SDK for JavaScript', async () => {
  const arn = await client().start([
    pageServer('by-sdk', { portMappings: [{ containerPort: 80, hostPort: 0 }] }),
  ]);
  const task = await client().running(arn);
  expect(await page(`127.0.0.1:${task.containers![0]!.networkBindings![0]!.hostPort}`)).toBe('by-sdk');
});

const python = (url: string, image: string) => `
import boto3

ecs = boto3.client('ecs', endpoint_url='${url}')
clusters = ecs.list_clusters()
print(clusters['clusterArns'])

ecs.register_task_definition(family='boto', containerDefinitions=[{
    'name': 'app', 'image': '${image}', 'memory': 64, 'stopTimeout': 5,
    'command': ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done']}])
task = ecs.run_task(taskDefinition='boto')['tasks'][0]['taskArn']
fast = {'Delay': 1, 'MaxAttempts': 60}
ecs.get_waiter('tasks_running').wait(tasks=[task], WaiterConfig=fast)
ecs.stop_task(task=task)
ecs.get_waiter('tasks_stopped').wait(tasks=[task], WaiterConfig=fast)
stopped = ecs.describe_tasks(tasks=[task])['tasks'][0]
print(stopped['stopCode'], stopped['containers'][0]['exitCode'])

ecs.register_task_definition(family='bad', containerDefinitions=[{
    'name': 'app', 'image': '${image}-missing', 'memory': 64}])
task = ecs.run_task(taskDefinition='bad')['tasks'][0]['taskArn']
ecs.get_waiter('tasks_stopped').wait(tasks=[task], WaiterConfig=fast)
print(ecs.describe_tasks(tasks=[task])['tasks'][0]['stoppedReason'].split(':')[0])
`;

const go = (url: string, image: string) => `
package main

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/ecs"
)

func main() {
	sess := session.Must(session.NewSession(&aws.Config{
		Endpoint: aws.String("${url}"),
	}))

	svc := ecs.New(sess)

	clusters, err := svc.ListClusters(&ecs.ListClustersInput{})
	check(err)
	for _, arn := range clusters.ClusterArns {
		fmt.Println(*arn)
	}

	_, err = svc.RegisterTaskDefinition(&ecs.RegisterTaskDefinitionInput{
		Family: aws.String("go"),
		ContainerDefinitions: []*ecs.ContainerDefinition{{
			Name:    aws.String("app"),
			Image:   aws.String("${image}"),
			Memory:  aws.Int64(64),
			Command: aws.StringSlice([]string{"sh", "-c", "exit 7"}),
		}},
	})
	check(err)
	started, err := svc.RunTask(&ecs.RunTaskInput{TaskDefinition: aws.String("go")})
	check(err)
	for {
		found, err := svc.DescribeTasks(&ecs.DescribeTasksInput{Tasks: []*string{started.Tasks[0].TaskArn}})
		check(err)
		if *found.Tasks[0].LastStatus == "STOPPED" {
			fmt.Println(*found.Tasks[0].StopCode, *found.Tasks[0].Containers[0].ExitCode)
			break
		}
		time.Sleep(50 * time.Millisecond)
	}

	_, err = svc.ListTasks(&ecs.ListTasksInput{Cluster: aws.String("nowhere")})
	if failure, ok := err.(awserr.Error); ok {
		fmt.Println(failure.Code())
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
`;
