import { containersSuite } from './suite.ts';

containersSuite('embedded');
