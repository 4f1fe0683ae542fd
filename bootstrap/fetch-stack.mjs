// Runs on the installed Node, after the bundles are built: fetches the servers of the local stack into the cache folder.
import { cacheDir } from './paths.mjs';
import { progressLine, say } from './progress.mjs';
import { fetchServers } from '../dist/release/embedded.mjs';

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
const line = progressLine();
try {
  await fetchServers({
    cacheDir,
    env: process.env,
    onProgress(event) {
      if (event.kind === 'download.started')
        say(`fetching ${event.artifact} (${megabytes(event.bytesTotal)})`);
      if (event.kind === 'download.progressed') {
        line.update(
          `fetching ${event.artifact}: ${megabytes(event.bytesDone)} of ${megabytes(event.bytesTotal)}`,
        );
      }
      if (event.kind === 'download.finished') {
        line.end();
        say(`fetched ${event.artifact} (${megabytes(event.bytesTotal)}, checksums verified)`);
      }
    },
  });
} catch (error) {
  line.end();
  process.stderr.write(
    `${error.code ?? ''} ${error.message}\n${error.fix === undefined ? (error.stack ?? '') : `Fix: ${error.fix}`}\n`,
  );
  process.exitCode = 1;
}
