import { expect, test } from 'vitest';
import { downloadedBytes, judgeMavenFailure } from './maven.ts';

test.each([
  ['[INFO] Downloaded from central: h://r/kafka-clients-4.3.1.jar (10 MB at 5.1 MB/s)', 10_000_000],
  ['[INFO] Downloaded from central: h://r/slf4j-api-1.7.36.jar (41 kB at 1.2 MB/s)', 41_000],
  ['[INFO] Downloaded from mirror: h://r/app-all.tar.gz (159 MB at 60 MB/s)', 159_000_000],
  ['[INFO] Downloaded from central: h://r/kafka-clients-4.3.1.pom (2.1 kB at 90 kB/s)', 0],
  ['[INFO] Downloading from central: h://r/kafka-clients-4.3.1.jar', 0],
])('counts the bytes of an artifact in "%s"', (line, bytes) => {
  expect(downloadedBytes(line)).toBe(bytes);
});

test.each([
  [
    '[ERROR] Could not transfer artifact a:b from h://host/: Connection refused',
    'HW_STACK_NETWORK_UNREACHABLE',
  ],
  ['[ERROR] h://host/: Unknown host host: Name or service not known', 'HW_STACK_NETWORK_UNREACHABLE'],
  ['[ERROR] Could not transfer artifact a:b: No space left on device', 'HW_STACK_DISK_FULL'],
  ['Error: JAVA_HOME is not defined correctly.', 'HW_STACK_MAVEN_FAILED'],
])('judges "%s"', (output, code) => {
  expect(judgeMavenFailure(`[INFO] Scanning\n${output}\n`)).toMatchObject({ code, fix: expect.any(String) });
});
