import { noArgs } from "../../../base/cli/args-rule.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { commandGroup } from "../command-group.ts";
import { NodeRuntime } from "../container-runtime.ts";
import { type KubeadmCommand, type KubeadmContext, KubeadmError, print, Refusal } from "../context.ts";
import { FLAG } from "../flags.ts";
import { controlPlaneImages } from "../images.ts";
import { initConfiguration } from "../init-data.ts";
import { printedDefaults } from "./defaults.ts";

const COMPONENT_CONFIGS = {
  name: "component-configs",
  type: "stringSlice",
  usage:
    "A comma-separated list for component config API objects to print the default values for. Available values: [KubeProxyConfiguration KubeletConfiguration]. If this flag is not set, no component configs will be printed.",
} as const;

/** `kubeadm config` (cmd/config.go). */
export const configCommand: KubeadmCommand = commandGroup({
  name: "config",
  short: "Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster",
  long: `kubeadm keeps its ClusterConfiguration in ConfigMap "kubeadm-config" of kube-system:
  kubectl get cm -n kube-system kubeadm-config -o yaml`,
  flags: [{ ...FLAG.kubeconfig, persistent: true }],
  commands: [
    commandGroup({
      name: "images",
      short: "Interact with container images used by kubeadm",
      commands: [
        {
          name: "list",
          short:
            "Print a list of images kubeadm will use. The configuration file is used in case any images or image repositories are customized",
          flags: [FLAG.config, FLAG.version, FLAG.imageRepository, FLAG.output],
          args: noArgs,
          run: listImages,
        },
        {
          name: "pull",
          short: "Pull images used by kubeadm",
          flags: [FLAG.config, FLAG.criSocket, FLAG.version, FLAG.imageRepository],
          args: noArgs,
          run: pullImages,
        },
      ],
    }),
    {
      name: "migrate",
      short:
        "Read an older version of the kubeadm configuration API types from a file, and output the similar config object for the newer version",
      disableFlagParsing: true,
      run() {
        throw new Refusal("not simulated in this sandbox: kubeadm config migrate");
      },
    },
    commandGroup({
      name: "print",
      short: "Print configuration",
      commands: (["init-defaults", "join-defaults", "reset-defaults", "upgrade-defaults"] as const).map((kind) => ({
        name: kind,
        short: `Print default ${kind.replace("-defaults", "")} configuration, that can be used for 'kubeadm ${kind.replace("-defaults", "")}'`,
        flags: kind === "init-defaults" || kind === "join-defaults" ? [COMPONENT_CONFIGS] : [],
        args: noArgs,
        *run(context: KubeadmContext, parsed: ParsedFlags) {
          const components =
            parsed.flags.get("component-configs") === undefined ? [] : parsed.list("component-configs");
          yield* print(context, printedDefaults(context, kind, components));
          return 0;
        },
      })),
    }),
    {
      name: "validate",
      short: "Read a file containing the kubeadm configuration API and report any warnings or errors",
      flags: [FLAG.config],
      args: noArgs,
      run: validate,
    },
  ],
});

function* listImages(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const images = controlPlaneImages(yield* initConfiguration(context, parsed, { needsVersion: true }), context.build);
  const output = parsed.string("output");
  const fields = { kind: "Images", apiVersion: "output.kubeadm.k8s.io/v1alpha3", images };
  if (output === "text") yield* print(context, `${images.join("\n")}\n`);
  else if (output === "json") yield* print(context, `${JSON.stringify(fields, null, 4)}\n`);
  else if (output === "yaml")
    yield* print(
      context,
      `apiVersion: ${fields.apiVersion}\nimages:\n${images.map((image) => `- ${image}\n`).join("")}kind: Images\n`,
    );
  else throw new KubeadmError(`invalid output format: ${output}`);
  return 0;
}

function* pullImages(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const configuration = yield* initConfiguration(context, parsed, { needsVersion: true });
  const runtime = NodeRuntime.connect(context.process, configuration.criSocket);
  for (const image of controlPlaneImages(configuration, context.build)) {
    try {
      yield* runtime.pull(image);
    } catch (error) {
      if (!(error instanceof KubeadmError)) throw error;
      throw new KubeadmError(`failed to pull image ${JSON.stringify(image)}: ${error.message}`);
    }
    yield* print(context, `[config/images] Pulled ${image}\n`);
  }
  return 0;
}

function* validate(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  if (parsed.string("config") === "") throw new KubeadmError("the --config flag is mandatory");
  yield* initConfiguration(context, parsed, { needsVersion: false });
  yield* print(context, "ok\n");
  return 0;
}
