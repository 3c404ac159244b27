import { prepareDockerApi } from '../../../test/fixtures/docker-conformance.ts';
import { engineConformance } from '../conformance.ts';

engineConformance('podman by its Docker API', () => prepareDockerApi('podman', { own: true }));
