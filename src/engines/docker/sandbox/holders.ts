/** Holder containers: each keeps a network namespace open that the containers of one task join. */
import { randomBytes } from 'node:crypto';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails, HostConfig } from '../client/types.ts';
import { holderLabel, ownerLabel } from '../labels.ts';
import { holderCommand, holderImage } from './holder-image.ts';

export class Holders {
  readonly #client: DockerClient;
  readonly #owner: string;

  constructor(client: DockerClient, owner: string) {
    this.#client = client;
    this.#owner = owner;
  }

  /** A running one. What fails leaves nothing. */
  async start(
    hostConfig: HostConfig,
    extra: { Hostname?: string; ExposedPorts?: Record<string, object> } = {},
  ) {
    const name = `longshore-holder-${this.#owner}-${randomBytes(6).toString('hex')}`;
    const id = await this.#client.createContainer(name, {
      ...extra,
      Image: holderImage,
      Entrypoint: holderCommand,
      Labels: { [ownerLabel]: this.#owner, [holderLabel]: '1' },
      HostConfig: {
        ...hostConfig,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        LogConfig: { Type: 'none', Config: {} },
      },
    });
    try {
      await this.#client.startContainer(id);
      const details = await this.#client.inspectContainer(id);
      if (details?.State.Running) return details;
      throw new Error(
        `the holder ${name} ended at once${details?.State.Error ? `: ${details.State.Error}` : ''}`,
      );
    } catch (error) {
      await this.remove(id);
      throw error;
    }
  }

  remove(id: string): Promise<void> {
    return this.#client.removeContainer(id);
  }

  async running(id: string): Promise<ContainerDetails | undefined> {
    const details = await this.#client.inspectContainer(id);
    return details?.State.Running ? details : undefined;
  }

  async removeAllBut(kept: ReadonlySet<string>): Promise<void> {
    const label = [`${ownerLabel}=${this.#owner}`, `${holderLabel}=1`];
    const found = await this.#client.listContainers({ label });
    await Promise.all(found.filter(({ Id }) => !kept.has(Id)).map(({ Id }) => this.remove(Id)));
  }
}
