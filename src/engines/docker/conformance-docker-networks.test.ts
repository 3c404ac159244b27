import { prepareDockerApi } from '../../../test/fixtures/docker-conformance.ts';
import { engineConformance } from '../conformance.ts';

engineConformance('docker with its own networks', () => prepareDockerApi('docker', { own: false }));
