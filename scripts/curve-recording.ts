import { type CurveResult, recordCurveResults } from "../src/pki/curve-results.ts";
import { LineRunner } from "../src/sandbox/line-runner.ts";
import type { Sandbox } from "../src/sandbox/sandbox.ts";

/**
 * What a made world asks of the curve until kubectl has answered and its cluster is at rest. Only in a process that has
 * made no world: there, certificates would be known that a new process must check.
 */
export function curveResultsOf(boot: () => Sandbox): readonly CurveResult[] {
  return recordCurveResults(() => {
    const sandbox = boot();
    const runner = new LineRunner(sandbox, sandbox.openTerminal(undefined, { tapped: true }));
    runner.start();
    runner.type("kubectl get nodes");
    sandbox.run(Math.max(0, sandbox.options.now - sandbox.clock.now));
    sandbox.dispose();
  });
}
