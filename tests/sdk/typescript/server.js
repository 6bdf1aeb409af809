// Starts and stops the real binary, as a user would from a shell. It knows nothing of the API beyond the ping.
import { spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;

export function binary() {
  const path = process.env.CAIRN_BIN || "target/release/cairn";
  return isAbsolute(path) ? path : resolve(REPOSITORY, path);
}

export async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/**
 * Starts a server with a data directory of its own; `stop` ends it and gives its exit code, `restart` starts another one
 * in its place.
 */
export async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), "cairn-"));
  const [port, grpcPort] = [await freePort(), await freePort()];
  const logFile = join(folder, "cairn.log");
  const rootUrl = `http://127.0.0.1:${port}`;
  const readLog = () => readFile(logFile, "utf8");
  const addresses = ["--listen", `127.0.0.1:${port}`, "--grpc-listen", `127.0.0.1:${grpcPort}`];
  const start = async () => {
    const log = await open(logFile, "a");
    const words = ["serve", ...addresses, "--data", join(folder, "data")];
    const process = spawn(binary(), words, { stdio: ["ignore", log.fd, log.fd] });
    await log.close();
    const ended = new Promise((done) => process.once("exit", (code, signal) => done(code ?? signal)));
    const started = new Promise((_, fail) => process.once("error", fail));
    await Promise.race([waitUntilReady(rootUrl, process, readLog), started]);
    return async () => {
      process.kill("SIGTERM");
      const code = await Promise.race([ended, pause(STOP_MS_MAX, "did not end", { ref: false })]);
      if (code === "did not end") process.kill("SIGKILL");
      return code;
    };
  };
  let end = await start();
  return {
    rootUrl,
    apiUrl: `${rootUrl}/api`,
    readLog,
    async stop() {
      const code = await end();
      await rm(folder, { recursive: true, force: true });
      return code;
    },
    async restart() {
      const code = await end();
      if (code !== 0) throw new Error(`SIGTERM must end the server with exit code 0, not ${code}:\n${await readLog()}`);
      end = await start();
    },
  };
}

async function waitUntilReady(rootUrl, process, readLog) {
  const deadline = Date.now() + READY_MS_MAX;
  while (Date.now() < deadline) {
    if (process.exitCode !== null) throw new Error(`cairn ended with ${process.exitCode}:\n${await readLog()}`);
    try {
      const answer = await fetch(`${rootUrl}/api/is-alive/ping`);
      if (answer.ok) return;
    } catch {
      // nobody listens yet
    }
    await pause(50);
  }
  process.kill("SIGKILL");
  throw new Error(`cairn did not answer within ${READY_MS_MAX} ms:\n${await readLog()}`);
}
