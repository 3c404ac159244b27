// Runs the handler of the file that is named once: {"params": …} on standard input, the result on standard output.
import { readFileSync } from 'node:fs';

const { default: handler } = await import(process.argv[2]);
const { params } = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(await handler(params, {})));
