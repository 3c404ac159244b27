/** What the container host of an engine must do. */
import {
  hostCopyCases,
  hostDescriptionCases,
  hostEndCases,
  hostLifeCases,
  hostListCases,
  hostRefusalCases,
  hostShareCases,
} from './host-containers.ts';
import { hostHealthCases, hostRemovalCases, hostRestartCases } from './host-care.ts';
import { hostImageCases, hostPullCases } from './host-images.ts';
import { hostEventCases, hostPruneCases, hostStorageCases } from './host-resources.ts';
import { hostLogCases, hostUseCases } from './host-running.ts';
import { HostTrial } from './host-trial.ts';
import type { Trial } from './trial.ts';

export function hostCases(trial: Trial): void {
  const host = new HostTrial(trial);
  for (const cases of [
    hostLifeCases,
    hostEndCases,
    hostRefusalCases,
    hostCopyCases,
    hostDescriptionCases,
    hostListCases,
    hostShareCases,
    hostLogCases,
    hostUseCases,
    hostPullCases,
    hostImageCases,
    hostStorageCases,
    hostPruneCases,
    hostEventCases,
    hostRestartCases,
    hostRemovalCases,
    hostHealthCases,
  ]) {
    cases(host);
  }
}
