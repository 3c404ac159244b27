/** Puts the image `hello:1`, a page behind busybox's web server, into the registry named on the command line. */
import { pushImage } from '../../test/fixtures/image.ts';
import { until } from '../../test/fixtures/processes.ts';

const host = process.argv[2] ?? '127.0.0.1:5000';

await until('the registry', async () => (await fetch(`http://${host}/v2/`).catch(() => undefined))?.ok);
const { reference } = await pushImage({ host }, 'hello:1', {
  files: { 'www/index.html': '<h1>Hello from a container</h1>\n' },
  // The shell is process 1 and ends at SIGTERM; httpd as process 1 would ignore it.
  cmd: ['sh', '-c', 'trap exit TERM; echo serving on port 80; httpd -f -vv -p 80 -h /www & wait'],
});
console.log(`Pushed ${reference}`);
