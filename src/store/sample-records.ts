/** Records for the tests of stores: small, whole, and changed where a test says so. */
import type { ClusterRecord, TaskDefinitionRecord, TaskRecord } from '../core/records.ts';

export function clusterRecord(id: string, changes: Partial<ClusterRecord> = {}): ClusterRecord {
  return { id, scope: 's', status: 'ACTIVE', cluster: { clusterArn: id }, tags: [], ...changes };
}

export function taskDefinitionRecord(
  family: string,
  revision: number,
  changes: Partial<TaskDefinitionRecord> = {},
): TaskDefinitionRecord {
  const sortKey = `${family}:${String(revision).padStart(10, '0')}`;
  const fields = { id: `td/${family}:${revision}`, scope: 's', family, revision, sortKey };
  return { ...fields, status: 'ACTIVE', taskDefinition: { family, revision }, tags: [], ...changes };
}

export function taskRecord(id: string, changes: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id,
    shortId: id,
    scope: 's',
    clusterArn: 'c',
    taskDefinitionArn: 'td',
    family: 'family',
    group: 'family:family',
    startedBy: '',
    containerInstanceArn: '',
    serviceName: '',
    launchType: 'FARGATE',
    desiredStatus: 'RUNNING',
    lastStatus: 'RUNNING',
    phase: 'live',
    stoppedAt: 0,
    task: { taskArn: id, containers: [{ name: 'app', lastStatus: 'RUNNING' }] },
    tags: [{ key: 'k', value: 'v' }],
    spec: {} as TaskRecord['spec'],
    ...changes,
  };
}
