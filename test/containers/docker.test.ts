import { containersSuite } from './suite.ts';

containersSuite('docker');
