import { parseYamlDocument, YamlError } from "../base/yaml/read.ts";
import { Fields } from "./fields.ts";
import type { LessonHead } from "./lesson.ts";
import type { Problems } from "./problem.ts";

/** Reads a front matter; missing fields are problems and get blanks. */
export function readHead(frontMatter: string | undefined, problems: Problems): LessonHead {
  if (frontMatter === undefined) problems.add(1, "a lesson begins with front matter between two lines of ---");
  const fields = new Fields(readYaml(frontMatter ?? "{}", 2, problems) ?? {}, "front matter", 1, problems);
  if (fields.number("lab") !== 1) fields.complain('"lab: 1" says which format this is');
  const cluster = new Fields(fields.raw("cluster") ?? {}, "cluster", 1, problems);
  const head: LessonHead = {
    id: fields.needed("id"),
    title: fields.needed("title"),
    summary: fields.needed("summary"),
    time: fields.text("time") ?? "",
    level: fields.text("level") ?? "beginner",
    objectives: fields.texts("objectives"),
    cluster: {
      topology: cluster.oneOf("preset", ["kubeadm", "bare"]) ?? "kubeadm",
      etcd: cluster.oneOf("etcd", ["3.6", "3.5"]) ?? "3.6",
      seed: cluster.number("seed") ?? 1,
    },
    next: fields.text("next"),
  };
  cluster.end();
  fields.end();
  if (!/^[a-z0-9-]*$/.test(head.id)) fields.complain("id is made of small letters, digits and -");
  return head;
}

/** Reads YAML; what is no YAML is a problem at the line where it stands. */
export function readYaml(text: string, firstLine: number, problems: Problems): unknown {
  try {
    return parseYamlDocument(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const at = /line (\d+)/.exec(error.message)?.[1];
    problems.add(firstLine + Math.max(0, Number(at ?? 1) - 1), error.message.replace(/^yaml: (line \d+: )?/, "YAML: "));
    return undefined;
  }
}
