import { SEED_MAX } from "../embed/options.ts";
import type { WorldKind } from "../worker/protocol.ts";

/** Whether the option `lesson` holds the address of a lesson's file, and no name of one that is here. */
export function isLessonAddress(lesson: string): boolean {
  return /^https?:\/\//.test(lesson) || /\.md([?#]|$)/.test(lesson);
}

/**
 * The world that the page's address asks for. A lesson of somebody else is asked first which one it needs; those that
 * are here all need the usual one.
 */
export async function kindOfPage(): Promise<WorldKind> {
  const query = new URLSearchParams(location.search);
  const lesson = query.get("lesson") ?? "";
  const wanted = isLessonAddress(lesson)
    ? await import("./lesson/own-lesson.ts").then(({ kindOf }) => kindOf(lesson))
    : USUAL;
  const topology = query.get("topology");
  const etcd = query.get("etcd");
  const seed = query.get("seed") ?? "";
  return {
    topology: topology === "bare" || topology === "kubeadm" ? topology : wanted.topology,
    etcd: etcd === "3.5" || etcd === "3.6" ? etcd : wanted.etcd,
    seed: /^\d{1,10}$/.test(seed) && Number(seed) <= SEED_MAX ? Number(seed) : wanted.seed,
  };
}

export const USUAL: WorldKind = { topology: "kubeadm", etcd: "3.6", seed: 1 };
