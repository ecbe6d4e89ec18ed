import type { Process } from "../../../machine/process.ts";

/** Where kubectl reads its kubeconfig: the flag's file, $KUBECONFIG's list, or ~/.kube/config. */
export function kubeconfigPaths(process: Process, flag: string): string[] {
  if (flag !== "") return [flag];
  const fromEnv = (process.env.get("KUBECONFIG") ?? "").split(":").filter((path) => path !== "");
  if (fromEnv.length > 0) return fromEnv;
  return [defaultKubeconfig(process)];
}

/** ~/.kube/config */
function defaultKubeconfig(process: Process): string {
  return `${homeOf(process)}/.kube/config`;
}

/** The user's home directory. */
export function homeOf(process: Process): string {
  const home = process.env.get("HOME") ?? process.user.home;
  return home === "/" ? "" : home;
}
