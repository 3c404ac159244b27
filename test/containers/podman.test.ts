import { containersSuite } from './suite.ts';

containersSuite('podman');
