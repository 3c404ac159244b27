/** The container host of the private Podman: the adapter's, with what is done told, and containers looked after. */
import { join } from 'node:path';
import type { ContainerHost } from '../../../core/ports/container-host.ts';
import { CareRecords } from '../care/care-records.ts';
import { ContainerCare } from '../care/container-care.ts';
import { caredContainers } from '../care/cared-containers.ts';
import { probeOf, type ProbeParts } from '../care/probe.ts';
import type { ListedContainers } from './listed-containers.ts';
import { mountedAnew } from './mounted-anew.ts';
import type { OwnEvents } from './own-events.ts';
import { tellingContainers } from './telling-containers.ts';
import { tellingHost } from './telling-host.ts';
import { describedContainer } from './told-exits.ts';

export interface EmbeddedHostParts {
  inner: ContainerHost;
  events: OwnEvents;
  listed: ListedContainers;
  /** What health is checked with. */
  probe: ProbeParts;
  log: { warn(details: object, message: string): void };
}

export interface EmbeddedHost {
  host: ContainerHost;
  care: ContainerCare;
  close: () => Promise<void>;
}

export async function openEmbeddedHost(parts: EmbeddedHostParts): Promise<EmbeddedHost> {
  const { inner, events, listed, probe, log } = parts;
  const told = mountedAnew(tellingContainers(inner.containers, events, listed));
  const tellHealth = async (id: string, status: string) => {
    const known = events.known(id) ?? (await describedContainer(inner, id));
    events.tellOf(known, `health_status: ${status}`);
  };
  const care = new ContainerCare({
    records: new CareRecords(join(probe.locations.dataDirectory, 'containers')),
    containers: told,
    probe: probeOf(probe),
    // Gone before it could be asked about: its removal is told.
    tellHealth: (id, status) => void tellHealth(id, status).catch(() => undefined),
    log,
  });
  const close = () => care.close();
  try {
    await care.open();
  } catch (error) {
    await close();
    throw error;
  }
  const containers = caredContainers(told, care);
  return { host: tellingHost(inner, events, { containers, care, listed }), care, close };
}
