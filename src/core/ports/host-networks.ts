/** Networks one by one. Errors, names and units: container-host.ts. Those of tasks are not the engine's, and not here. */
import type { Page, PageQuery } from './page.ts';

export interface HostNetworks {
  /** By name. */
  list(query?: NetworkQuery): Promise<Page<HostNetwork>>;
  inspect(network: string): Promise<HostNetwork>;
  /** `AlreadyExists` where there is one of the name, `InvalidParameter` where its addresses are another one's. */
  create(spec: NetworkSpec): Promise<HostNetwork>;
  /** `ResourceInUse` while containers are on it; the engine's own networks: `InvalidParameter`. */
  remove(network: string): Promise<void>;
  /** On it already: fine, without further names for it; with some `Conflict`. */
  connect(network: string, container: string, options?: { aliases?: string[] }): Promise<void>;
  /** Not connected: fine. */
  disconnect(network: string, container: string): Promise<void>;
}

export interface NetworkQuery extends PageQuery {
  /** A part of the name. */
  name?: string;
  labels?: readonly string[];
}

export interface NetworkSpec {
  name: string;
  /** Absent: `bridge`. */
  driver?: string;
  labels?: Record<string, string>;
  /** Without a way out. */
  internal?: boolean;
  /** Absent: the engine's choice. */
  subnet?: string;
  gateway?: string;
}

export interface HostNetwork {
  id: string;
  name: string;
  driver: string;
  internal: boolean;
  labels: Record<string, string>;
  createdAt?: number;
  subnets: { subnet: string; gateway?: string }[];
  /** Names of the containers that are on it, running or not. */
  containers: string[];
  /** The engine's own, which cannot be removed. */
  builtIn: boolean;
}
