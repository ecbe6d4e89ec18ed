import type { Sandbox } from "../sandbox/sandbox.ts";
import { restMs } from "../sandbox/waking.ts";
import type { ProgramLoader } from "./program-loader.ts";
import type { Pump } from "./pump.ts";

/**
 * Brings the world that has just been put in place to rest, as fast as it goes. A cluster wakes with its daemons, so the
 * time that it takes counts from when their code is there, which may be long after the prompt:
 *
 *     prompt ──── daemons' code is on its way ────┬──── rushed: they start ────┬ at rest
 *             keys echo, Enter waits              └──  restMs of world time  ──┘
 */
export class ComingToRest {
  private readonly pump: Pump;
  private readonly programs: ProgramLoader;
  /** Which world is coming: an earlier one's turn is over. */
  private turn = 0;
  private loading = false;

  constructor(pump: Pump, programs: ProgramLoader) {
    this.pump = pump;
    this.programs = programs;
  }

  /** Whether what people enter has to wait: the API server does not answer yet. */
  get coming(): boolean {
    return this.loading || this.pump.rushing;
  }

  /** The world in the sandbox's place comes to rest from now on. Without daemons, or their code, there is nothing to wait for. */
  async begin(sandbox: Sandbox): Promise<void> {
    const turn = ++this.turn;
    this.loading = true;
    try {
      if (sandbox.options.topology === "kubeadm") {
        await this.programs.ready("daemons");
        // Daemons that waited for their code start before the world's time is rushed: without them it would be over at once.
        await new Promise((resolve) => setTimeout(resolve));
      }
    } finally {
      if (turn === this.turn) {
        this.loading = false;
        this.pump.rush(sandbox.clock.uptime + restMs(sandbox.options));
      }
    }
  }
}
