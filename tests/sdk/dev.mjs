// A `taut dev` of one's own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.mjs';

export const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

// Counts as passed as soon as test() holds.
export async function until(what, test) {
  for (const end = Date.now() + 20000; Date.now() < end; await new Promise((r) => setTimeout(r, 20)))
    if (await test()) return check(true, what);
  return check(false, `${what}: not within 20 s`);
}

// With this seed; its API's address, and what ends it.
export async function dev(binary, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'taut-sdk-'));
  writeFileSync(join(folder, 'seed'), JSON.stringify(seed));
  const taut = spawn(binary, ['dev', '--listen', '127.0.0.1:0', '--env', join(folder, 'env'), '--seed', join(folder, 'seed')],
    { stdio: ['ignore', 'ignore', 'inherit'] });
  await until('taut dev starts', () => existsSync(join(folder, 'env')));
  const slackApiUrl = readFileSync(join(folder, 'env'), 'utf8').match(/SLACK_API_URL='?([^'\n]*)/)[1];
  return {
    slackApiUrl,
    end() {
      taut.kill();
      rmSync(folder, { recursive: true });
    },
  };
}
