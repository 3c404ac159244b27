/** The registry of package installers. To add one: a folder, a line here. */
import type { Runtime } from '../core/ports/runtime.ts';
import type { Installer } from './installer.ts';
import { npmInstaller } from './npm/npm-installer.ts';
import { npmPlatform } from './npm/npm-platform.ts';
import { pipInstaller } from './pip/pip-installer.ts';
import { pythonPlatform } from './pip/python-platform.ts';

export interface PackagePlaces {
  /** Settings of these names. */
  npmRegistry: string;
  pipIndex: string;
}

export function createInstallers(
  { npmRegistry, pipIndex }: PackagePlaces,
  runtimes: readonly Runtime[],
): Installer[] {
  const python = runtimes.find(({ name }) => name === 'python');
  const platform = async () => {
    const found = await python?.availability();
    return found?.available === true ? pythonPlatform(found.version) : undefined;
  };
  return [
    npmInstaller({ registry: npmRegistry, platform: npmPlatform() }),
    pipInstaller({ index: pipIndex, platform }),
  ];
}
