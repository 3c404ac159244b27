import { prepareDockerApi } from '../../../test/fixtures/docker-conformance.ts';
import { engineConformance } from '../conformance.ts';

engineConformance('docker with task networks of ours', () => prepareDockerApi('docker', { own: true }));
