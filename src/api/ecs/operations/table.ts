/** Every operation that is built. To add one: write its function in the resource's file; it is picked up from there. */
import type { Core } from '../../../core/context.ts';
import type { Handlers } from '../operation.ts';
import * as clusters from './clusters.ts';
import * as containerInstances from './container-instances.ts';
import * as tags from './tags.ts';
import * as taskDefinitions from './task-definitions.ts';
import * as tasks from './tasks.ts';

export const handlers: Handlers<Core> = {
  ...clusters,
  ...containerInstances,
  ...tags,
  ...taskDefinitions,
  ...tasks,
};
