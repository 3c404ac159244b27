import { setTimeout as delay } from 'node:timers/promises';
import type { Longshore } from '../harness/longshore.ts';
import { commandFor, memoryMiB, publishedPort, stampsPath, type Contender } from './contender.ts';

interface Task {
  taskArn: string;
  lastStatus: string;
  stoppedReason?: string;
}

const family = 'bench';

/** RunTask of a task with one container and a published port that the machine chooses. */
export async function longshoreTasks(
  name: string,
  server: Longshore,
  image: string,
  stampsDirectory: string,
): Promise<Contender> {
  await server.call('CreateCluster', { clusterName: 'default' });
  await server.call('RegisterTaskDefinition', {
    family,
    networkMode: 'bridge',
    containerDefinitions: [
      {
        name: 'main',
        image,
        memory: memoryMiB,
        portMappings: [{ containerPort: publishedPort, hostPort: 0 }],
        mountPoints: [{ sourceVolume: 'stamps', containerPath: stampsPath }],
      },
    ],
    volumes: [{ name: 'stamps', host: { sourcePath: stampsDirectory } }],
  });
  const describe = async (taskArn: string): Promise<Task> => {
    const { tasks } = await server.call('DescribeTasks', { tasks: [taskArn] });
    return (tasks as Task[])[0]!;
  };
  return {
    name,
    start: async (stamp) => {
      const { tasks, failures } = await server.call('RunTask', {
        taskDefinition: family,
        overrides: { containerOverrides: [{ name: 'main', command: commandFor(stamp) }] },
      });
      const [task] = tasks as Task[];
      if (!task) throw new Error(`RunTask: ${JSON.stringify(failures)}`);
      return task.taskArn;
    },
    remove: async (taskArn) => {
      await server.call('StopTask', { task: taskArn });
      while ((await describe(taskArn)).lastStatus !== 'STOPPED') await delay(20);
    },
    explain: async (taskArn) => {
      const { lastStatus, stoppedReason } = await describe(taskArn);
      return `${lastStatus} ${stoppedReason ?? ''}`.trim();
    },
  };
}
