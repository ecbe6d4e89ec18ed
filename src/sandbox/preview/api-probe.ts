import type { Disposable } from "../../base/disposable.ts";
import { loadKubeconfig, restConfig } from "../../kube/client/kubeconfig.ts";
import { RestClient } from "../../kube/client/rest.ts";
import { ConfigError } from "../../kube/client/rest-config.ts";
import { ConnectionError } from "../../kube/client/status-error.ts";
import type { Machine } from "../../machine/machine.ts";
import { sleep, type Task, type TaskGroup } from "../../sim/task.ts";
import type { ApiTrouble } from "./consequences.ts";

const EVERY_MS = 1000;
const TIMEOUT_MS = 3000;
const ADMIN_CONF = "/etc/kubernetes/admin.conf";

/**
 * Asks the API server once a second for what everybody asks for, as the admin of `admin.conf`, and notes when it does not
 * answer.
 */
export class ApiProbe implements Disposable {
  private readonly machine: Machine;
  private readonly tasks: TaskGroup;
  private readonly seconds: () => number;
  private readonly noted: { text: string; from: number; to: number | undefined }[] = [];
  private client: RestClient | undefined;

  constructor(machine: Machine, seconds: () => number) {
    this.machine = machine;
    this.seconds = seconds;
    this.tasks = machine.kernel.group("api-probe");
    this.tasks.spawn("api-probe", this.ask());
  }

  get troubles(): readonly ApiTrouble[] {
    return this.noted;
  }

  get inTrouble(): boolean {
    const last = this.noted.at(-1);
    return last !== undefined && last.to === undefined;
  }

  dispose(): void {
    this.tasks.dispose();
  }

  private *ask(): Task<void> {
    for (;;) {
      const at = this.seconds();
      this.note(yield* this.problem(), at);
      yield* sleep(this.machine.kernel.clock, EVERY_MS);
    }
  }

  private *problem(): Task<string | undefined> {
    const path = "/api/v1/namespaces/default";
    try {
      this.client ??= this.connect();
      const { status, body } = yield* this.client.exchange({ method: "GET", path, timeoutMs: TIMEOUT_MS });
      if (status < 400) return undefined;
      const message = body.kind === "json" ? (body.value as { message?: string }).message : undefined;
      return message ?? `HTTP status ${status}`;
    } catch (error) {
      if (error instanceof ConnectionError || error instanceof ConfigError) return error.message;
      throw error;
    }
  }

  private connect(): RestClient {
    const { kernel, fs, station } = this.machine;
    const config = restConfig(loadKubeconfig(fs, ADMIN_CONF));
    return new RestClient({ net: station, clock: kernel.clock, fs }, config);
  }

  private note(text: string | undefined, at: number): void {
    const last = this.noted.at(-1);
    if (last !== undefined && last.to === undefined) {
      if (last.text === text) return;
      last.to = at;
    }
    if (text !== undefined) this.noted.push({ text, from: at, to: undefined });
  }
}
