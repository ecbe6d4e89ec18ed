import { CommandError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, textAt } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { commandArguments, generatorCommand } from "./generator.ts";

/** kubectl create deployment */
export const deployment = generatorCommand({
  name: "deployment",
  path: "create deployment",
  aliases: ["deploy"],
  use: "NAME --image=image -- [COMMAND] [args...]",
  short: "Create a deployment with the specified name",
  resource: { group: "apps", version: "v1", resource: "deployments", namespaced: true },
  noun: "deployment",
  *make(kubectl, name) {
    const images = kubectl.parsed.list("image");
    const command = commandArguments(kubectl);
    if (images.length > 1 && command.length > 0) {
      throw new CommandError("cannot specify multiple --image options and command");
    }
    const labels = { app: name };
    return {
      kind: "Deployment",
      apiVersion: "apps/v1",
      metadata: { name, labels },
      spec: {
        replicas: kubectl.parsed.number("replicas"),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: containers(kubectl, images, command) } },
        strategy: {},
      },
      status: {},
    };
  },
});

function containers(kubectl: Kubectl, images: readonly string[], command: readonly string[]): Fields[] {
  const port = kubectl.parsed.number("port");
  const known = new Map<string, number>();
  return images.map((image, index) => {
    const base = imageName(image);
    const seen = known.get(base) ?? 0;
    known.set(base, seen + 1);
    return {
      name: seen === 0 ? base : `${base}-${seen}`,
      image,
      ...(command.length === 0 ? {} : { command }),
      ...(port >= 0 && index === 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    };
  });
}

/** A container's name from its image: the last part of the path, without tag and digest. */
function imageName(image: string): string {
  const name = image.split("/").pop() ?? image;
  return (name.split(":")[0] ?? name).split("@")[0] ?? name;
}

/** kubectl create job */
export const job = generatorCommand({
  name: "job",
  path: "create job",
  use: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]",
  short: "Create a job with the specified name",
  resource: { group: "batch", version: "v1", resource: "jobs", namespaced: true },
  noun: "job",
  *make(kubectl, name) {
    const image = kubectl.flag("image");
    const from = kubectl.flag("from");
    const command = commandArguments(kubectl);
    if (image === "" && from === "") throw new CommandError("either --image or --from must be specified");
    if (image !== "" && from !== "") throw new CommandError("either --image or --from must be specified");
    if (from !== "" && command.length > 0) throw new CommandError("cannot specify --from and command");
    if (from !== "") return yield* jobFromCronJob(kubectl, name, from);
    return {
      kind: "Job",
      apiVersion: "batch/v1",
      metadata: { name },
      spec: jobSpec(name, image, command, "Never"),
      status: {},
    };
  },
});

function jobSpec(name: string, image: string, command: readonly string[], restartPolicy: string): Fields {
  const container = { name, image, ...(command.length === 0 ? {} : { command }), resources: {} };
  return { template: { metadata: {}, spec: { containers: [container], restartPolicy } } };
}

function* jobFromCronJob(kubectl: Kubectl, name: string, from: string) {
  const [type = "", cronJobName = ""] = from.split("/");
  const resource = yield* kubectl.discovery.resolve(type);
  if (resource.resource !== "cronjobs" || cronJobName === "") {
    throw new CommandError(`from must be an existing cronjob`);
  }
  const path = `/apis/batch/v1/namespaces/${kubectl.namespace}/cronjobs/${cronJobName}`;
  const cronJob = fields(yield* kubectl.request("GET", path));
  const template = fieldsAt(cronJob, "spec", "jobTemplate");
  const annotations = {
    "cronjob.kubernetes.io/instantiate": "manual",
    ...fieldsAt(template, "metadata", "annotations"),
  };
  const labels = fieldsAt(template, "metadata", "labels");
  return {
    kind: "Job",
    apiVersion: "batch/v1",
    metadata: {
      name,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      annotations,
      ownerReferences: [
        {
          apiVersion: "batch/v1",
          kind: "CronJob",
          name: cronJobName,
          uid: textAt(cronJob, "metadata", "uid"),
          controller: true,
        },
      ],
    },
    spec: fieldsAt(template, "spec"),
    status: {},
  };
}

/** kubectl create cronjob */
export const cronJob = generatorCommand({
  name: "cronjob",
  path: "create cronjob",
  aliases: ["cj"],
  use: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  short: "Create a cron job with the specified name",
  resource: { group: "batch", version: "v1", resource: "cronjobs", namespaced: true },
  noun: "cronjob",
  *make(kubectl, name) {
    const restart = kubectl.flag("restart");
    const command = commandArguments(kubectl);
    return {
      kind: "CronJob",
      apiVersion: "batch/v1",
      metadata: { name },
      spec: {
        schedule: kubectl.flag("schedule"),
        jobTemplate: {
          metadata: { name },
          spec: jobSpec(name, kubectl.flag("image"), command, restart === "" ? "OnFailure" : restart),
        },
      },
      status: {},
    };
  },
});
