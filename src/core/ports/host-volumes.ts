/** Volumes one by one. Errors, names and units: container-host.ts. */
import type { Page, PageQuery } from './page.ts';

export interface HostVolumes {
  /** By name. */
  list(query?: VolumeQuery): Promise<Page<HostVolume>>;
  inspect(name: string): Promise<HostVolume>;
  /** `AlreadyExists` where there is one of the name. */
  create(spec: VolumeSpec): Promise<HostVolume>;
  /** `ResourceInUse` while a container has it, naming the containers, or while it belongs to a task. */
  remove(name: string, options?: { force?: boolean }): Promise<void>;
}

export interface VolumeQuery extends PageQuery {
  /** A part of the name. */
  name?: string;
  labels?: readonly string[];
  /** Only those that no container has, or only others. */
  unused?: boolean;
}

export interface VolumeSpec {
  /** Absent: the engine makes one up. */
  name?: string;
  labels?: Record<string, string>;
  /** Absent: `local`. */
  driver?: string;
  /** They can hide a bind mount, and are judged as one (core/container-policy.ts). */
  driverOptions?: Record<string, string>;
}

export interface HostVolume {
  name: string;
  driver: string;
  driverOptions: Record<string, string>;
  /** Where it is on the engine's machine. */
  directory: string;
  labels: Record<string, string>;
  /** Absent where the engine does not know. */
  createdAt?: number;
  /** Names of the containers that have it, running or not. */
  usedBy: string[];
  /** ARN of the task that it belongs to. */
  task?: string;
}
